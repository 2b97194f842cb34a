-- What users keep: it is theirs, and no part of the archive. Only grows; times are ISO 8601 with zone.
-- `owner` is the browser that keeps it; whoever has a conversation's id may read it.
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  title TEXT NOT NULL,
  created TEXT NOT NULL,
  changed TEXT NOT NULL,
  deleted TEXT
);
CREATE INDEX IF NOT EXISTS conversations_by_owner ON conversations (owner, changed);
CREATE TABLE IF NOT EXISTS turns (
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  turn TEXT NOT NULL,
  PRIMARY KEY (conversation, number)
);
-- All turns as they were before the last edit, until the next question is asked.
CREATE TABLE IF NOT EXISTS replaced (
  conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  turn TEXT NOT NULL,
  PRIMARY KEY (conversation, number)
);
-- Collected quotes, in the order of `place`; one that was `removed` can be put back for a while.
-- `turn` and `marker` say which citation of the receipt it is.
CREATE TABLE IF NOT EXISTS quotes (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  added TEXT NOT NULL,
  place INTEGER NOT NULL,
  address TEXT NOT NULL,
  quote TEXT NOT NULL,
  question TEXT NOT NULL,
  note TEXT NOT NULL,
  receipt TEXT,
  turn INTEGER NOT NULL,
  marker INTEGER NOT NULL,
  removed TEXT
);
CREATE INDEX IF NOT EXISTS quotes_by_owner ON quotes (owner, place);
-- Receipts of the conversations they come from; `opening` is the hash of the first turn.
CREATE TABLE IF NOT EXISTS receipts (
  digest TEXT PRIMARY KEY,
  opening TEXT NOT NULL,
  kept TEXT NOT NULL,
  receipt TEXT NOT NULL
);
-- What was thought of an answer, `earlier` the questions it was asked after; one row an answer.
CREATE TABLE IF NOT EXISTS feedback (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  given TEXT NOT NULL,
  verdict TEXT NOT NULL,
  comment TEXT NOT NULL,
  question TEXT NOT NULL,
  earlier TEXT NOT NULL,
  answer TEXT NOT NULL
);
-- Who is signed in: of a session's token the digest alone is kept, and `stamp` is that of the user's
-- password then. `expires` is in seconds since 1970.
CREATE TABLE IF NOT EXISTS sessions (
  digest TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  stamp TEXT NOT NULL,
  expires INTEGER NOT NULL
);
-- The filters that its questions were asked with, a JSON list as long as `earlier` and one more.
CREATE TABLE IF NOT EXISTS feedback_filters (
  feedback TEXT PRIMARY KEY REFERENCES feedback (id) ON DELETE CASCADE,
  filters TEXT NOT NULL
);
