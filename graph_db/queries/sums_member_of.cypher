UNWIND $ids AS id
MATCH (a:Group {id: id})
RETURN collect([id, a.active, a.pull, a.pull_chat_line, a.pull_mention, a.pull_reaction, a.group_key]) AS rows
