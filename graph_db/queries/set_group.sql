INSERT INTO community (id, slug, by_approval) VALUES (:id, :slug, :by_approval)
ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, by_approval = excluded.by_approval
