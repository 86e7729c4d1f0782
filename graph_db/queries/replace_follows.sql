UPDATE follows
SET since_us = :since_us, dated = :dated
WHERE target = :target AND source = :source
