INSERT INTO projection (id, incarnation, position)
SELECT 1, :incarnation, :position
WHERE NOT EXISTS (SELECT 1 FROM projection)
  AND NOT EXISTS (SELECT 1 FROM rebuild)
  AND NOT EXISTS (SELECT 1 FROM account)
  AND NOT EXISTS (SELECT 1 FROM community)
RETURNING position
