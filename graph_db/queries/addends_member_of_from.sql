-- What the ranked memberships of these members add, and to which groups. A member has few, ranked or not.
SELECT e.target, e.pull, e.chat_line, e.mention, e.reaction
FROM json_each(:ids) i
JOIN member_of e INDEXED BY member_of_out ON e.source = i.value AND e.rank_key IS NOT NULL
