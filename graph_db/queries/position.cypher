// One record in any case: an empty graph is an answer here.
OPTIONAL MATCH (p:Projection {id: 1})
RETURN CASE WHEN p IS NULL THEN [] ELSE [[p.incarnation, p.position]] END AS rows
