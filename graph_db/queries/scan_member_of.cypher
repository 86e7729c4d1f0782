// The next MEMBER_OF edges after ($target, $source), by (target, source).
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  CALL () {
    MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(target, source)
    WHERE e.target = $target AND e.source > $source
    RETURN e, e.target AS target, e.source AS source ORDER BY e.target, e.source LIMIT $first
    UNION ALL
    MATCH ()-[e:MEMBER_OF]->() USING INDEX SEEK e:MEMBER_OF(target, source)
    WHERE e.target > $target AND e.source IS NOT NULL
    RETURN e, e.target AS target, e.source AS source ORDER BY e.target, e.source LIMIT $first
  }
  WITH e, target, source ORDER BY target, source LIMIT $first
  RETURN collect([
    source, target, e.since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
    e.rank_key, e.law
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
