OPTIONAL MATCH (p:Projection {id: 1})
DELETE p
RETURN [] AS rows
