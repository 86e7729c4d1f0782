INSERT INTO member_of (source, target, since_us, dated, day, weight, chat_line, mention, reaction, pull, rank_key, law)
SELECT :source, :target, :since_us, :dated, :day, :weight, :chat_line, :mention, :reaction, :pull, :rank_key, :law
WHERE EXISTS (SELECT 1 FROM account WHERE id = :source) AND EXISTS (SELECT 1 FROM community WHERE id = :target)
