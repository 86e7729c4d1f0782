SELECT i.value, (SELECT count(*) FROM member_of e WHERE e.source = i.value)
FROM projection p
LEFT JOIN json_each(:ids) i
WHERE p.id = 1 AND p.incarnation = :incarnation
