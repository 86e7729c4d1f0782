-- The newest MEMBER_OF edges that begin in each id, below (:last_key, :last_id).
SELECT e.source, e.target, e.since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
  e.rank_key, e.law
FROM projection p
LEFT JOIN json_each(:ids) i
LEFT JOIN json_each((
  SELECT json_group_array(target) FROM (
    SELECT target FROM member_of INDEXED BY member_of_out
    WHERE source = i.value
      AND (since_us, target) < (:last_key, :last_id)
      AND target NOT IN (SELECT value FROM json_each(:hidden))
    ORDER BY since_us DESC, target DESC LIMIT :first
  )
)) r
LEFT JOIN member_of e ON e.source = i.value AND e.target = r.value
WHERE p.id = 1 AND p.incarnation = :incarnation
