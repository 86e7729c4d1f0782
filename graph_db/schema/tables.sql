CREATE TABLE IF NOT EXISTS projection (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  incarnation INTEGER NOT NULL,
  position INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS rebuild (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token INTEGER NOT NULL
) STRICT;
-- Without a rowid: it would be no column of the index, and (creator_key, id) < (?, ?) would read every tie.
CREATE TABLE IF NOT EXISTS account (
  id INTEGER PRIMARY KEY,
  handle TEXT,
  creator INTEGER,
  fans INTEGER,
  pull REAL,
  pull_attention REAL,
  pull_expression REAL,
  pull_commitment REAL,
  pull_trade_interest REAL,
  creator_key INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS follows (
  source INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  target INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  since_us INTEGER NOT NULL,
  dated INTEGER NOT NULL,
  PRIMARY KEY (target, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bond (
  source INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  target INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  since_us INTEGER NOT NULL,
  day INTEGER NOT NULL,
  weight REAL NOT NULL,
  recent REAL NOT NULL,
  attention REAL NOT NULL,
  expression REAL NOT NULL,
  commitment REAL NOT NULL,
  trade_interest REAL NOT NULL,
  pull REAL NOT NULL,
  rank_key INTEGER,
  law INTEGER NOT NULL,
  PRIMARY KEY (target, source)
) STRICT, WITHOUT ROWID;
-- What Cypher calls Group, which is a reserved word here.
CREATE TABLE IF NOT EXISTS community (
  id INTEGER PRIMARY KEY,
  slug TEXT,
  by_approval INTEGER,
  active INTEGER,
  pull REAL,
  pull_chat_line REAL,
  pull_mention REAL,
  pull_reaction REAL,
  group_key INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member_of (
  source INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  target INTEGER NOT NULL REFERENCES community (id) ON DELETE CASCADE,
  since_us INTEGER NOT NULL,
  dated INTEGER NOT NULL,
  day INTEGER,
  weight REAL,
  chat_line REAL,
  mention REAL,
  reaction REAL,
  pull REAL,
  rank_key INTEGER,
  law INTEGER NOT NULL,
  PRIMARY KEY (target, source)
) STRICT, WITHOUT ROWID;
