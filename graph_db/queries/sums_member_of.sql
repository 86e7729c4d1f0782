SELECT a.id, a.active, a.pull, a.pull_chat_line, a.pull_mention, a.pull_reaction, a.group_key
FROM json_each(:ids) i JOIN community a ON a.id = i.value
