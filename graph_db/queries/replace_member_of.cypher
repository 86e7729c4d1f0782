// The map replaces every property, so that none of the old state is left behind.
UNWIND $rows AS row
WITH row, row.source AS source, row.target AS target
MATCH ()-[e:MEMBER_OF {target: target, source: source}]->() USING INDEX SEEK e:MEMBER_OF(target, source)
SET e = row
