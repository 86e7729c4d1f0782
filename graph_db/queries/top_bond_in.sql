-- The strongest BOND edges that end in each id, below (:last_key, :last_id).
SELECT e.source, e.target, e.since_us, e.day, e.weight, e.recent, e.attention, e.expression,
  e.commitment, e.trade_interest, e.pull, e.rank_key, e.law
FROM projection p
LEFT JOIN json_each(:ids) i
LEFT JOIN json_each((
  SELECT json_group_array(source) FROM (
    SELECT source FROM bond INDEXED BY bond_in
    WHERE target = i.value
      AND (rank_key, source) < (:last_key, :last_id)
      AND source NOT IN (SELECT value FROM json_each(:hidden))
    ORDER BY rank_key DESC, source DESC LIMIT :first
  )
)) r
LEFT JOIN bond e ON e.target = i.value AND e.source = r.value
WHERE p.id = 1 AND p.incarnation = :incarnation
