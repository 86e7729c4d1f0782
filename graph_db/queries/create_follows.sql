INSERT INTO follows (source, target, since_us, dated)
SELECT :source, :target, :since_us, :dated
WHERE EXISTS (SELECT 1 FROM account WHERE id = :source) AND EXISTS (SELECT 1 FROM account WHERE id = :target)
