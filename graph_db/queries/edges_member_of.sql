SELECT e.source, e.target, e.since_us, e.dated, e.day, e.weight, e.chat_line, e.mention, e.reaction, e.pull,
  e.rank_key, e.law
FROM projection p
LEFT JOIN json_each(:pairs) i
LEFT JOIN member_of e ON e.target = json_extract(i.value, '$[1]') AND e.source = json_extract(i.value, '$[0]')
WHERE p.id = 1 AND p.incarnation = :incarnation
