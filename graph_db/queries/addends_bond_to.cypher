// What the ranked bonds of these creators add.
UNWIND $ids AS id
MATCH ()-[e:BOND]->() USING INDEX SEEK e:BOND(target, rank_key, source)
WHERE e.target = id AND e.rank_key IS NOT NULL AND e.source IS NOT NULL
RETURN collect([e.target, e.pull, e.attention, e.expression, e.commitment, e.trade_interest]) AS rows
