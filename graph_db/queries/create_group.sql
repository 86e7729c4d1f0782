INSERT INTO community (id, slug, by_approval) VALUES (:id, :slug, :by_approval)
