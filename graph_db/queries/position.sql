SELECT incarnation, position FROM (SELECT 1) LEFT JOIN projection ON id = 1
