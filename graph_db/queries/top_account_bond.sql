-- The accounts with the greatest sum of bonds, below (:last_key, :last_id).
SELECT a.id, a.handle, a.creator, a.fans, a.pull, a.pull_attention, a.pull_expression,
  a.pull_commitment, a.pull_trade_interest, a.creator_key
FROM projection p
LEFT JOIN (
  SELECT * FROM account INDEXED BY account_creator
  WHERE (creator_key, id) < (:last_key, :last_id) AND id NOT IN (SELECT value FROM json_each(:hidden))
  ORDER BY creator_key DESC, id DESC LIMIT :first
) a
WHERE p.id = 1 AND p.incarnation = :incarnation
