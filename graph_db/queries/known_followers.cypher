// Of the $bound accounts that $viewer followed last those that follow each id, below ($last_key, $last_id).
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  CALL () {
    MATCH ()-[f:FOLLOWS]->() USING INDEX SEEK f:FOLLOWS(source, since_us, target)
    WHERE f.source = $viewer AND f.since_us IS NOT NULL AND f.target IS NOT NULL AND NOT f.target IN $hidden
    WITH f.target AS known ORDER BY f.source DESC, f.since_us DESC, f.target DESC LIMIT $bound
    RETURN collect(known) AS followed
  }
  UNWIND $ids AS id
  CALL (id, followed) {
    UNWIND followed AS source
    WITH source, id AS target
    MATCH ()-[e:FOLLOWS {target: target, source: source}]->() USING INDEX SEEK e:FOLLOWS(target, source)
    WITH e, source, e.since_us AS since_us
    WHERE since_us < $last_key OR (since_us = $last_key AND source < $last_id)
    RETURN e, since_us, source ORDER BY since_us DESC, source DESC LIMIT $first
  }
  RETURN collect([
    source, id, since_us, e.dated
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
