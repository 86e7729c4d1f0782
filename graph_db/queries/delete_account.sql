-- Its edges go with it (ON DELETE CASCADE).
DELETE FROM account WHERE id = :id
