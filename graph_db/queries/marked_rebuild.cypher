// One record in any case.
OPTIONAL MATCH (r:Rebuild {id: 1})
RETURN CASE WHEN r IS NULL THEN [] ELSE [[r.token]] END AS rows
