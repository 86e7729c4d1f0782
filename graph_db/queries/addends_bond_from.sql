-- What the ranked bonds of these fans add, and to whom.
SELECT e.target, e.pull, e.attention, e.expression, e.commitment, e.trade_interest
FROM json_each(:ids) i
JOIN bond e INDEXED BY bond_out ON e.source = i.value AND e.rank_key IS NOT NULL
