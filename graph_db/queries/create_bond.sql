INSERT INTO bond (source, target, since_us, day, weight, recent, attention, expression, commitment, trade_interest,
  pull, rank_key, law)
SELECT :source, :target, :since_us, :day, :weight, :recent, :attention, :expression, :commitment,
  :trade_interest, :pull, :rank_key, :law
WHERE EXISTS (SELECT 1 FROM account WHERE id = :source) AND EXISTS (SELECT 1 FROM account WHERE id = :target)
