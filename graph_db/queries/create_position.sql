INSERT INTO projection (id, incarnation, position) VALUES (1, :incarnation, :position) RETURNING position
