-- What the ranked bonds of these creators add.
SELECT e.target, e.pull, e.attention, e.expression, e.commitment, e.trade_interest
FROM json_each(:ids) i
JOIN bond e INDEXED BY bond_in ON e.target = i.value AND e.rank_key IS NOT NULL
