SELECT a.id, a.handle, a.creator, a.fans, a.pull, a.pull_attention, a.pull_expression,
  a.pull_commitment, a.pull_trade_interest, a.creator_key
FROM projection p
LEFT JOIN (SELECT * FROM account WHERE id > :id ORDER BY id LIMIT :first) a
WHERE p.id = 1 AND p.incarnation = :incarnation
