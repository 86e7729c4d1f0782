SELECT
  k.source, k.target, a.id IS NOT NULL AND b.id IS NOT NULL, e.source IS NOT NULL,
  e.rank_key, e.pull, e.chat_line, e.mention, e.reaction
FROM (
  SELECT json_extract(value, '$[0]') AS source, json_extract(value, '$[1]') AS target FROM json_each(:pairs)
) k
LEFT JOIN account a ON a.id = k.source
LEFT JOIN community b ON b.id = k.target
LEFT JOIN member_of e ON e.target = k.target AND e.source = k.source
