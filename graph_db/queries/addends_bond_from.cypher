// What the ranked bonds of these fans add, and to whom.
UNWIND $ids AS id
MATCH ()-[e:BOND]->() USING INDEX SEEK e:BOND(source, rank_key, target)
WHERE e.source = id AND e.rank_key IS NOT NULL AND e.target IS NOT NULL
RETURN collect([e.target, e.pull, e.attention, e.expression, e.commitment, e.trade_interest]) AS rows
