// The lock comes before the comparison, as in guard.
MATCH (r:Rebuild {id: 1}) SET r.locked = true
WITH r WHERE r.token = $token
RETURN [[r.token]] AS rows
