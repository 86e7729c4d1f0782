UPDATE bond
SET since_us = :since_us, day = :day, weight = :weight, recent = :recent, attention = :attention,
  expression = :expression, commitment = :commitment, trade_interest = :trade_interest,
  pull = :pull, rank_key = :rank_key, law = :law
WHERE target = :target AND source = :source
