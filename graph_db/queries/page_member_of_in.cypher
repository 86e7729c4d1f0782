// The newest MEMBER_OF edges that end in each id, below ($last_key, $last_id). Two seeks: ties are not read twice.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  UNWIND $ids AS id
  CALL (id) {
    CALL (id) {
      MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(target, since_us, source)
      WHERE e.target = id AND e.since_us = $last_key AND e.source < $last_id AND NOT e.source IN $hidden
      RETURN e, e.since_us AS since_us, e.source AS source
      ORDER BY e.target DESC, e.since_us DESC, e.source DESC LIMIT $first
      UNION ALL
      MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(target, since_us, source)
      WHERE e.target = id AND e.since_us < $last_key AND e.source IS NOT NULL AND NOT e.source IN $hidden
      RETURN e, e.since_us AS since_us, e.source AS source
      ORDER BY e.target DESC, e.since_us DESC, e.source DESC LIMIT $first
    }
    RETURN e, since_us, source ORDER BY since_us DESC, source DESC LIMIT $first
  }
  RETURN collect([
    source, id, since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
    e.rank_key, e.law
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
