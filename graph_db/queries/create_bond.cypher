UNWIND $rows AS row
MATCH (a:Account {id: row.source})
MATCH (b:Account {id: row.target})
CREATE (a)-[e:BOND]->(b)
SET e = row
