UPDATE account
SET fans = :fans,
  pull = :pull,
  pull_attention = :pull_attention,
  pull_expression = :pull_expression,
  pull_commitment = :pull_commitment,
  pull_trade_interest = :pull_trade_interest,
  creator_key = :creator_key
WHERE id = :id
