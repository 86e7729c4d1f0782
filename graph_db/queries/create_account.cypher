UNWIND $rows AS row
CREATE (a:Account)
SET a = row
