SELECT a.id, a.fans, a.pull, a.pull_attention, a.pull_expression, a.pull_commitment,
  a.pull_trade_interest, a.creator_key
FROM json_each(:ids) i JOIN account a ON a.id = i.value
