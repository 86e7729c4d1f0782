-- What the ranked memberships of these groups add.
SELECT e.target, e.pull, e.chat_line, e.mention, e.reaction
FROM json_each(:ids) i
JOIN member_of e INDEXED BY member_of_rank ON e.target = i.value AND e.rank_key IS NOT NULL
