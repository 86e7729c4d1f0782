// A step of a rebuild; the lock keeps a rebuild that was taken over from deleting what its successor loads.
MATCH (r:Rebuild {id: 1}) SET r.locked = true
WITH r WHERE r.token = $token
CALL () {
  MATCH ()-[e:MEMBER_OF]->()
  WITH e LIMIT 10000
  DELETE e
  RETURN count(*) AS deleted
}
RETURN [[deleted]] AS rows
