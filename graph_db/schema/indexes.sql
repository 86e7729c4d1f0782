CREATE INDEX IF NOT EXISTS follows_in ON follows (target, since_us, source);
CREATE INDEX IF NOT EXISTS follows_out ON follows (source, since_us, target);
CREATE INDEX IF NOT EXISTS bond_in ON bond (target, rank_key, source);
CREATE INDEX IF NOT EXISTS bond_out ON bond (source, rank_key, target);
CREATE INDEX IF NOT EXISTS account_creator ON account (creator_key, id);
CREATE INDEX IF NOT EXISTS member_of_in ON member_of (target, since_us, source);
CREATE INDEX IF NOT EXISTS member_of_out ON member_of (source, since_us, target);
CREATE INDEX IF NOT EXISTS member_of_rank ON member_of (target, rank_key, source);
CREATE INDEX IF NOT EXISTS community_hot ON community (group_key, id);
