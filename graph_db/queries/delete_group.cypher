UNWIND $rows AS row
MATCH (a:Group {id: row.id})
DETACH DELETE a
