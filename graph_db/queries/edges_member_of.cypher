// A pair's values go through a WITH: an expression inside the pattern would make the planner scan every edge.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  UNWIND $pairs AS pair
  WITH pair[0] AS source, pair[1] AS target
  MATCH ()-[e:MEMBER_OF {target: target, source: source}]->() USING INDEX SEEK e:MEMBER_OF(target, source)
  RETURN collect([
    source, target, e.since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
    e.rank_key, e.law
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
