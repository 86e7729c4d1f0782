// A sum that is null is removed.
UNWIND $rows AS row
MATCH (a:Account {id: row.id})
SET a.fans = row.fans,
  a.pull = row.pull,
  a.pull_attention = row.pull_attention,
  a.pull_expression = row.pull_expression,
  a.pull_commitment = row.pull_commitment,
  a.pull_trade_interest = row.pull_trade_interest,
  a.creator_key = row.creator_key
