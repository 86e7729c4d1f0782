UNWIND $rows AS row
WITH row.source AS source, row.target AS target
MATCH ()-[e:FOLLOWS {target: target, source: source}]->() USING INDEX SEEK e:FOLLOWS(target, source)
DELETE e
