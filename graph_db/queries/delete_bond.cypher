UNWIND $rows AS row
WITH row.source AS source, row.target AS target
MATCH ()-[e:BOND {target: target, source: source}]->() USING INDEX SEEK e:BOND(target, source)
DELETE e
