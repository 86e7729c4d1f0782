-- The strongest BOND edges that begin in each id, below (:last_key, :last_id).
SELECT e.source, e.target, e.since_us, e.day, e.weight, e.recent, e.attention, e.expression,
  e.commitment, e.trade_interest, e.pull, e.rank_key, e.law
FROM projection p
LEFT JOIN json_each(:ids) i
LEFT JOIN json_each((
  SELECT json_group_array(target) FROM (
    SELECT target FROM bond INDEXED BY bond_out
    WHERE source = i.value
      AND (rank_key, target) < (:last_key, :last_id)
      AND target NOT IN (SELECT value FROM json_each(:hidden))
    ORDER BY rank_key DESC, target DESC LIMIT :first
  )
)) r
LEFT JOIN bond e ON e.source = i.value AND e.target = r.value
WHERE p.id = 1 AND p.incarnation = :incarnation
