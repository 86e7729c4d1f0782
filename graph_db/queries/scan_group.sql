SELECT a.id, a.slug, a.by_approval, a.active, a.pull, a.pull_chat_line, a.pull_mention, a.pull_reaction,
  a.group_key
FROM projection p
LEFT JOIN (SELECT * FROM community WHERE id > :id ORDER BY id LIMIT :first) a
WHERE p.id = 1 AND p.incarnation = :incarnation
