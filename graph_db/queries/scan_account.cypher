// The next accounts after $id, by id.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  MATCH (a:Account) USING INDEX SEEK a:Account(id)
  WHERE a.id > $id
  WITH a ORDER BY a.id LIMIT $first
  RETURN collect([
    a.id, a.handle, a.creator, a.fans, a.pull, a.pull_attention, a.pull_expression,
    a.pull_commitment, a.pull_trade_interest, a.creator_key
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
