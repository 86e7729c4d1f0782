UNWIND $rows AS row
MERGE (a:Group {id: row.id})
SET a.slug = row.slug, a.by_approval = row.by_approval
