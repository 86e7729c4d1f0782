UPDATE community
SET active = :active,
  pull = :pull,
  pull_chat_line = :pull_chat_line,
  pull_mention = :pull_mention,
  pull_reaction = :pull_reaction,
  group_key = :group_key
WHERE id = :id
