SELECT token FROM (SELECT 1) LEFT JOIN rebuild ON id = 1
