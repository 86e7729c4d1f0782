// The lock comes before the comparison, as in guard.
MATCH (r:Rebuild {id: 1}) SET r.locked = true
WITH r, r.token AS token WHERE token = $token
DELETE r
RETURN [[token]] AS rows
