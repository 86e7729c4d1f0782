// A sum that is null is removed.
UNWIND $rows AS row
MATCH (a:Group {id: row.id})
SET a.active = row.active,
  a.pull = row.pull,
  a.pull_chat_line = row.pull_chat_line,
  a.pull_mention = row.pull_mention,
  a.pull_reaction = row.pull_reaction,
  a.group_key = row.group_key
