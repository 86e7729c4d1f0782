UNWIND $rows AS row
MATCH (a:Account {id: row.id})
DETACH DELETE a
