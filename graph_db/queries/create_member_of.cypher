UNWIND $rows AS row
MATCH (a:Account {id: row.source})
MATCH (b:Group {id: row.target})
CREATE (a)-[e:MEMBER_OF]->(b)
SET e = row
