-- Its edges go with it (ON DELETE CASCADE).
DELETE FROM community WHERE id = :id
