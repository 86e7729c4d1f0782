CREATE (p:Projection {id: 1, incarnation: $incarnation, position: $position})
RETURN [[p.position]] AS rows
