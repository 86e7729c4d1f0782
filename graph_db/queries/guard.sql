UPDATE projection SET position = :new
WHERE id = 1 AND position = :expected AND incarnation = :incarnation
RETURNING position
