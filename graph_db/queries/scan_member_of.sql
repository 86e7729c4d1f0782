SELECT e.source, e.target, e.since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
  e.rank_key, e.law
FROM projection p
LEFT JOIN (
  SELECT * FROM member_of WHERE (target, source) > (:target, :source) ORDER BY target, source LIMIT :first
) e
WHERE p.id = 1 AND p.incarnation = :incarnation
