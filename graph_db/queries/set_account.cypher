UNWIND $rows AS row
MERGE (a:Account {id: row.id})
SET a.handle = row.handle, a.creator = row.creator
