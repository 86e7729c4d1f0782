-- The groups with the greatest sum of memberships, below (:last_key, :last_id).
SELECT a.id, a.slug, a.by_approval, a.active, a.pull, a.pull_chat_line, a.pull_mention, a.pull_reaction,
  a.group_key
FROM projection p
LEFT JOIN (
  SELECT * FROM community INDEXED BY community_hot
  WHERE (group_key, id) < (:last_key, :last_id) AND id NOT IN (SELECT value FROM json_each(:hidden))
  ORDER BY group_key DESC, id DESC LIMIT :first
) a
WHERE p.id = 1 AND p.incarnation = :incarnation
