DELETE FROM rebuild WHERE id = 1 AND token = :token RETURNING token
