DELETE FROM bond WHERE target = :target AND source = :source
