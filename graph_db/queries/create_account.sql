INSERT INTO account (id, handle, creator) VALUES (:id, :handle, :creator)
