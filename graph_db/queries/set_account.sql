INSERT INTO account (id, handle, creator) VALUES (:id, :handle, :creator)
ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, creator = excluded.creator
