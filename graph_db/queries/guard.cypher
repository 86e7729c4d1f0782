// The lock comes before the comparison: without it every concurrent writer would pass.
MATCH (p:Projection {id: 1}) SET p.locked = true
WITH p WHERE p.position = $expected AND p.incarnation = $incarnation
SET p.position = $new
RETURN [[p.position]] AS rows
