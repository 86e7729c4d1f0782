DELETE FROM projection
