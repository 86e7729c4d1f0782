INSERT INTO rebuild (id, token) VALUES (1, :token) ON CONFLICT (id) DO UPDATE SET token = excluded.token
