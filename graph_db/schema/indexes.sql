CREATE INDEX IF NOT EXISTS follows_in ON follows (target, since_us, source);
CREATE INDEX IF NOT EXISTS follows_out ON follows (source, since_us, target);
CREATE INDEX IF NOT EXISTS bond_in ON bond (target, rank_key, source);
CREATE INDEX IF NOT EXISTS bond_out ON bond (source, rank_key, target);
CREATE INDEX IF NOT EXISTS account_creator ON account (creator_key, id);
