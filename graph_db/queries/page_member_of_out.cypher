// The newest MEMBER_OF edges that begin in each id, below ($last_key, $last_id). Two seeks: ties are not read twice.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  UNWIND $ids AS id
  CALL (id) {
    CALL (id) {
      MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(source, since_us, target)
      WHERE e.source = id AND e.since_us = $last_key AND e.target < $last_id AND NOT e.target IN $hidden
      RETURN e, e.since_us AS since_us, e.target AS target
      ORDER BY e.source DESC, e.since_us DESC, e.target DESC LIMIT $first
      UNION ALL
      MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(source, since_us, target)
      WHERE e.source = id AND e.since_us < $last_key AND e.target IS NOT NULL AND NOT e.target IN $hidden
      RETURN e, e.since_us AS since_us, e.target AS target
      ORDER BY e.source DESC, e.since_us DESC, e.target DESC LIMIT $first
    }
    RETURN e, since_us, target ORDER BY since_us DESC, target DESC LIMIT $first
  }
  RETURN collect([
    id, target, since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
    e.rank_key, e.law
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
