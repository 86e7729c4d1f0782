SELECT e.source, e.target, e.since_us, e.day, e.weight, e.recent, e.attention, e.expression,
  e.commitment, e.trade_interest, e.pull, e.rank_key, e.law
FROM projection p
LEFT JOIN (
  SELECT * FROM bond WHERE (target, source) > (:target, :source) ORDER BY target, source LIMIT :first
) e
WHERE p.id = 1 AND p.incarnation = :incarnation
