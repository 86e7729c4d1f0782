MERGE (r:Rebuild {id: 1})
SET r.token = $token
RETURN [] AS rows
