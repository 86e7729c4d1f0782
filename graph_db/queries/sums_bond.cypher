UNWIND $ids AS id
MATCH (a:Account {id: id})
RETURN collect([
  id, a.fans, a.pull, a.pull_attention, a.pull_expression, a.pull_commitment,
  a.pull_trade_interest, a.creator_key
]) AS rows
