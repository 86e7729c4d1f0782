SELECT token FROM rebuild WHERE id = 1 AND token = :token
