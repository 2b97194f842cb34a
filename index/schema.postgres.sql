-- The same tables and columns as in schema.sql (a test compares them), as PostgreSQL has them: text is
-- sorted by its bytes, and what FTS5 keeps for the full text are tables here.
CREATE TABLE IF NOT EXISTS meta (key TEXT COLLATE "C" PRIMARY KEY, value TEXT COLLATE "C" NOT NULL);
CREATE TABLE IF NOT EXISTS files (
  path TEXT COLLATE "C" PRIMARY KEY, size BIGINT NOT NULL, mtime_ns BIGINT NOT NULL,
  sha256 TEXT COLLATE "C" NOT NULL, reader TEXT COLLATE "C" NOT NULL
);
CREATE TABLE IF NOT EXISTS visits (
  address TEXT COLLATE "C" PRIMARY KEY, etag TEXT COLLATE "C", modified TEXT COLLATE "C",
  stamp TEXT COLLATE "C" NOT NULL, reader TEXT COLLATE "C" NOT NULL
);
CREATE TABLE IF NOT EXISTS removals (
  article TEXT COLLATE "C" PRIMARY KEY, path TEXT COLLATE "C" NOT NULL
);
CREATE TABLE IF NOT EXISTS articles (
  number BIGINT PRIMARY KEY, id TEXT COLLATE "C" NOT NULL UNIQUE, title TEXT COLLATE "C" NOT NULL,
  text TEXT COLLATE "C" NOT NULL, text_sha256 TEXT COLLATE "C" NOT NULL, source TEXT COLLATE "C",
  url TEXT COLLATE "C", language TEXT COLLATE "C", published TEXT COLLATE "C",
  published_precision TEXT COLLATE "C" NOT NULL, path TEXT COLLATE "C" NOT NULL,
  made_by TEXT COLLATE "C" NOT NULL, guid TEXT COLLATE "C", version TEXT COLLATE "C",
  seal TEXT COLLATE "C", parts_seal TEXT COLLATE "C"
);
CREATE INDEX IF NOT EXISTS articles_by_path ON articles (path);
CREATE INDEX IF NOT EXISTS articles_by_date ON articles (published);
CREATE INDEX IF NOT EXISTS articles_by_source ON articles (lower(source));
CREATE TABLE IF NOT EXISTS passages (
  number BIGINT PRIMARY KEY, id TEXT COLLATE "C" NOT NULL UNIQUE,
  article BIGINT NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  sentences BYTEA NOT NULL, vector BYTEA NOT NULL, sentence_vectors BYTEA NOT NULL,
  seal TEXT COLLATE "C"
);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article);
CREATE TABLE IF NOT EXISTS statements (
  article BIGINT NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, speaker TEXT COLLATE "C", speaker_start INTEGER,
  speaker_end INTEGER, cue TEXT COLLATE "C", voice TEXT COLLATE "C" NOT NULL,
  via TEXT COLLATE "C", is_person INTEGER NOT NULL,
  PRIMARY KEY (article, start, "end")
);
CREATE INDEX IF NOT EXISTS statements_by_speaker ON statements (speaker);
CREATE TABLE IF NOT EXISTS offices (
  article BIGINT NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  speaker TEXT COLLATE "C" NOT NULL, office TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (article, speaker, office)
);
CREATE INDEX IF NOT EXISTS offices_by_speaker ON offices (speaker);
CREATE TABLE IF NOT EXISTS passages_fts (
  rowid BIGINT PRIMARY KEY, terms TEXT COLLATE "C" NOT NULL
);
-- How often a passage of `length` terms holds the term.
CREATE TABLE IF NOT EXISTS postings (
  term TEXT COLLATE "C" NOT NULL, passage BIGINT NOT NULL, times INTEGER NOT NULL,
  length INTEGER NOT NULL, PRIMARY KEY (term, passage)
);
CREATE TABLE IF NOT EXISTS passages_vocab (
  term TEXT COLLATE "C" PRIMARY KEY, doc BIGINT NOT NULL
) WITH (fillfactor = 70);
-- One row: how many passages and terms the full text has.
CREATE TABLE IF NOT EXISTS passages_size (
  one BIGINT PRIMARY KEY CHECK (one = 1), passages BIGINT NOT NULL, terms BIGINT NOT NULL
) WITH (fillfactor = 50);
INSERT INTO passages_size VALUES (1, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS backgrounds (
  name TEXT COLLATE "C" PRIMARY KEY, vectors BYTEA NOT NULL, dimension BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS pending (
  passage TEXT COLLATE "C" PRIMARY KEY,
  operation TEXT COLLATE "C" NOT NULL CHECK (operation IN ('upsert', 'delete'))
);
CREATE TABLE IF NOT EXISTS prints (
  article BIGINT PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE,
  wording BYTEA NOT NULL, words BIGINT NOT NULL, signature BYTEA NOT NULL, guid TEXT COLLATE "C"
);
CREATE INDEX IF NOT EXISTS prints_by_wording ON prints (wording);
CREATE INDEX IF NOT EXISTS prints_by_guid ON prints (guid) WHERE guid IS NOT NULL;
CREATE TABLE IF NOT EXISTS bands (
  key BIGINT NOT NULL, article BIGINT NOT NULL, PRIMARY KEY (key, article)
);
CREATE TABLE IF NOT EXISTS copies (
  article BIGINT NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  other BIGINT NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  PRIMARY KEY (article, other)
);
CREATE INDEX IF NOT EXISTS copies_by_other ON copies (other);
CREATE TABLE IF NOT EXISTS superseded (
  article BIGINT NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  by BIGINT NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  reason TEXT COLLATE "C" NOT NULL, differences BIGINT NOT NULL,
  PRIMARY KEY (article, by)
);
CREATE INDEX IF NOT EXISTS superseded_by_other ON superseded (by);
CREATE TABLE IF NOT EXISTS changes (
  number BIGINT PRIMARY KEY, article TEXT COLLATE "C" NOT NULL, speakers TEXT COLLATE "C" NOT NULL
);
CREATE TABLE IF NOT EXISTS failures (
  path TEXT COLLATE "C" PRIMARY KEY, reason TEXT COLLATE "C" NOT NULL
);
-- An article that takes long: the vectors that it has so far, rounded as passages keep them.
CREATE TABLE IF NOT EXISTS unfinished (
  passage TEXT COLLATE "C" PRIMARY KEY, digest BYTEA NOT NULL, vectors BYTEA NOT NULL
);
CREATE TABLE IF NOT EXISTS names (
  name TEXT COLLATE "C" PRIMARY KEY, surname TEXT COLLATE "C", body TEXT COLLATE "C" NOT NULL,
  office TEXT COLLATE "C" NOT NULL, said BIGINT NOT NULL, as_body BIGINT NOT NULL,
  is_introduced INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS names_by_surname ON names (surname);
CREATE INDEX IF NOT EXISTS names_by_body ON names (body);
CREATE INDEX IF NOT EXISTS names_by_office ON names (office);
CREATE INDEX IF NOT EXISTS names_introduced ON names (is_introduced) WHERE is_introduced = 1;
CREATE INDEX IF NOT EXISTS names_by_frequency ON names (said DESC, name);
CREATE TABLE IF NOT EXISTS held (
  speaker TEXT COLLATE "C" NOT NULL, office TEXT COLLATE "C" NOT NULL, year BIGINT,
  articles BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS held_by_speaker ON held (speaker);
CREATE TABLE IF NOT EXISTS held_words (
  word TEXT COLLATE "C" NOT NULL, speaker TEXT COLLATE "C" NOT NULL, articles BIGINT NOT NULL,
  PRIMARY KEY (word, speaker)
);
CREATE INDEX IF NOT EXISTS held_words_by_speaker ON held_words (speaker);
CREATE TABLE IF NOT EXISTS head_words (
  low TEXT COLLATE "C" NOT NULL, word TEXT COLLATE "C" NOT NULL, PRIMARY KEY (low, word)
);
-- SQLite's name for it.
CREATE OR REPLACE FUNCTION instr(whole TEXT, part TEXT) RETURNS INTEGER
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT strpos($1, $2)';
