UNWIND $rows AS row
WITH row.source AS source, row.target AS target
MATCH ()-[e:MEMBER_OF {target: target, source: source}]->() USING INDEX SEEK e:MEMBER_OF(target, source)
DELETE e
