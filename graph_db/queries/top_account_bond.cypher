// The accounts with the greatest sum of bonds, below ($last_key, $last_id). Two seeks: ties are not read twice.
MATCH (:Projection {id: 1, incarnation: $incarnation})
CALL () {
  CALL () {
    MATCH (a:Account) USING INDEX SEEK a:Account(creator_key, id)
    WHERE a.creator_key = $last_key AND a.id < $last_id AND NOT a.id IN $hidden
    RETURN a, a.creator_key AS creator_key, a.id AS id ORDER BY a.creator_key DESC, a.id DESC LIMIT $first
    UNION ALL
    MATCH (a:Account) USING INDEX SEEK a:Account(creator_key, id)
    WHERE a.creator_key < $last_key AND a.id IS NOT NULL AND NOT a.id IN $hidden
    RETURN a, a.creator_key AS creator_key, a.id AS id ORDER BY a.creator_key DESC, a.id DESC LIMIT $first
  }
  WITH a, creator_key, id ORDER BY creator_key DESC, id DESC LIMIT $first
  RETURN collect([
    id, a.handle, a.creator, a.fans, a.pull, a.pull_attention, a.pull_expression, a.pull_commitment,
    a.pull_trade_interest, creator_key
  ]) AS rows
}
WITH rows WHERE EXISTS { (:Projection {id: 1, incarnation: $incarnation}) }
RETURN rows
