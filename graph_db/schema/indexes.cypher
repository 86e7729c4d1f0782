CREATE INDEX follows_in IF NOT EXISTS FOR ()-[e:FOLLOWS]-() ON (e.target, e.since_us, e.source);
CREATE INDEX follows_out IF NOT EXISTS FOR ()-[e:FOLLOWS]-() ON (e.source, e.since_us, e.target);
CREATE INDEX bond_in IF NOT EXISTS FOR ()-[e:BOND]-() ON (e.target, e.rank_key, e.source);
CREATE INDEX bond_out IF NOT EXISTS FOR ()-[e:BOND]-() ON (e.source, e.rank_key, e.target);
CREATE INDEX account_creator IF NOT EXISTS FOR (a:Account) ON (a.creator_key, a.id);
CALL db.awaitIndexes(600);
