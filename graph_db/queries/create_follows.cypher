UNWIND $rows AS row
MATCH (a:Account {id: row.source})
MATCH (b:Account {id: row.target})
CREATE (a)-[e:FOLLOWS]->(b)
SET e = row
