DELETE FROM follows WHERE target = :target AND source = :source
