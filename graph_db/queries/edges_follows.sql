SELECT e.source, e.target, e.since_us, e.dated
FROM projection p
LEFT JOIN json_each(:pairs) i
LEFT JOIN follows e ON e.target = json_extract(i.value, '$[1]') AND e.source = json_extract(i.value, '$[0]')
WHERE p.id = 1 AND p.incarnation = :incarnation
