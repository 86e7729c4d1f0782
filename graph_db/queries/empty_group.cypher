// A step of a rebuild; the lock keeps a rebuild that was taken over from deleting what its successor loads.
MATCH (r:Rebuild {id: 1}) SET r.locked = true
WITH r WHERE r.token = $token
CALL () {
  MATCH (a:Group)
  WITH a LIMIT 10000
  DETACH DELETE a
  RETURN count(*) AS deleted
}
RETURN [[deleted]] AS rows
