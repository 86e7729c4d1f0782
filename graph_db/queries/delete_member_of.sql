DELETE FROM member_of WHERE target = :target AND source = :source
