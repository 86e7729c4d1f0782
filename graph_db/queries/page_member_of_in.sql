-- The newest MEMBER_OF edges that end in each id, below (:last_key, :last_id).
SELECT e.source, e.target, e.since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
  e.rank_key, e.law
FROM projection p
LEFT JOIN json_each(:ids) i
LEFT JOIN json_each((
  SELECT json_group_array(source) FROM (
    SELECT source FROM member_of INDEXED BY member_of_in
    WHERE target = i.value
      AND (since_us, source) < (:last_key, :last_id)
      AND source NOT IN (SELECT value FROM json_each(:hidden))
    ORDER BY since_us DESC, source DESC LIMIT :first
  )
)) r
LEFT JOIN member_of e ON e.target = i.value AND e.source = r.value
WHERE p.id = 1 AND p.incarnation = :incarnation
