UNWIND $rows AS row
CREATE (a:Group)
SET a = row
