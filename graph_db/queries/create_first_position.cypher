// Of two at once the unique id lets one through.
OPTIONAL MATCH (n:Projection|Rebuild|Account|Group)
WITH n LIMIT 1
WITH count(n) AS found WHERE found = 0
CREATE (p:Projection {id: 1, incarnation: $incarnation, position: $position})
RETURN [[p.position]] AS rows
