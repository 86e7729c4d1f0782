// The map replaces every property, so that none of the old state is left behind.
UNWIND $rows AS row
WITH row, row.source AS source, row.target AS target
MATCH ()-[e:BOND {target: target, source: source}]->() USING INDEX SEEK e:BOND(target, source)
SET e = row
