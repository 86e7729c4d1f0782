UPDATE member_of
SET since_us = :since_us, dated = :dated, day = :day, weight = :weight, chat_line = :chat_line, mention = :mention,
  reaction = :reaction, pull = :pull, rank_key = :rank_key, law = :law
WHERE target = :target AND source = :source
