SELECT e.source, e.target, e.since_us, e.dated
FROM projection p
LEFT JOIN (
  SELECT * FROM follows WHERE (target, source) > (:target, :source) ORDER BY target, source LIMIT :first
) e
WHERE p.id = 1 AND p.incarnation = :incarnation
