-- `seal` in it is the archive's secret (index/seal.py): never shown, never logged.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
  path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  sha256 TEXT NOT NULL, reader TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS visits (
  address TEXT PRIMARY KEY, etag TEXT, modified TEXT, stamp TEXT NOT NULL, reader TEXT NOT NULL
) WITHOUT ROWID;
-- Articles that a user took out: reading their sources anew does not bring them back.
CREATE TABLE IF NOT EXISTS removals (article TEXT PRIMARY KEY, path TEXT NOT NULL) WITHOUT ROWID;
-- `seal` is over the record but for its text, `parts_seal` over what was derived from it
-- (index/integrity.py). No comment inside: SQLite could drop no column then.
CREATE TABLE IF NOT EXISTS articles (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
  text_sha256 TEXT NOT NULL, source TEXT, url TEXT, language TEXT,
  published TEXT, published_precision TEXT NOT NULL, path TEXT NOT NULL, made_by TEXT NOT NULL,
  guid TEXT, version TEXT, seal TEXT, parts_seal TEXT
);
CREATE INDEX IF NOT EXISTS articles_by_path ON articles (path);
CREATE INDEX IF NOT EXISTS articles_by_date ON articles (published);
DROP INDEX IF EXISTS articles_by_source;
CREATE INDEX IF NOT EXISTS articles_by_source ON articles (lower(source));
CREATE TABLE IF NOT EXISTS passages (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  sentences BLOB NOT NULL, vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL, seal TEXT
);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article);
CREATE TABLE IF NOT EXISTS statements (
  article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, speaker TEXT, speaker_start INTEGER,
  speaker_end INTEGER, cue TEXT, voice TEXT NOT NULL, via TEXT,
  is_person INTEGER NOT NULL,
  PRIMARY KEY (article, start, "end")
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS statements_by_speaker ON statements (speaker);
CREATE TABLE IF NOT EXISTS offices (
  article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  speaker TEXT NOT NULL, office TEXT NOT NULL,
  PRIMARY KEY (article, speaker, office)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS offices_by_speaker ON offices (speaker);
CREATE VIRTUAL TABLE IF NOT EXISTS passages_fts USING fts5 (
  terms, tokenize = "unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE IF NOT EXISTS passages_vocab USING fts5vocab ('passages_fts', 'row');
CREATE TABLE IF NOT EXISTS backgrounds (
  name TEXT PRIMARY KEY, vectors BLOB NOT NULL, dimension INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (
  passage TEXT PRIMARY KEY, operation TEXT NOT NULL CHECK (operation IN ('upsert', 'delete'))
) WITHOUT ROWID;
-- One story, many prints (index/twins/): what is compared, where prints meet, and how they stand.
CREATE TABLE IF NOT EXISTS prints (
  article INTEGER PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE,
  wording BLOB NOT NULL, words INTEGER NOT NULL, signature BLOB NOT NULL, guid TEXT
);
CREATE INDEX IF NOT EXISTS prints_by_wording ON prints (wording);
CREATE INDEX IF NOT EXISTS prints_by_guid ON prints (guid) WHERE guid IS NOT NULL;
CREATE TABLE IF NOT EXISTS bands (
  key INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (key, article)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS copies (
  article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  other INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  PRIMARY KEY (article, other)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_by_other ON copies (other);
CREATE TABLE IF NOT EXISTS superseded (
  article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  by INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
  reason TEXT NOT NULL, differences INTEGER NOT NULL,
  PRIMARY KEY (article, by)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS superseded_by_other ON superseded (by);
CREATE TABLE IF NOT EXISTS changes (
  number INTEGER PRIMARY KEY AUTOINCREMENT, article TEXT NOT NULL, speakers TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS failures (path TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
-- An article that takes long: the vectors that it has so far, rounded as passages keep them.
CREATE TABLE IF NOT EXISTS unfinished (
  passage TEXT PRIMARY KEY, digest BLOB NOT NULL, vectors BLOB NOT NULL
);
-- Who speaks and who holds which office, by what they are found by (index/reading/directory.py).
CREATE TABLE IF NOT EXISTS names (
  name TEXT PRIMARY KEY, surname TEXT, body TEXT NOT NULL, office TEXT NOT NULL,
  said INTEGER NOT NULL, as_body INTEGER NOT NULL, is_introduced INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_by_surname ON names (surname);
CREATE INDEX IF NOT EXISTS names_by_body ON names (body);
CREATE INDEX IF NOT EXISTS names_by_office ON names (office);
DROP INDEX IF EXISTS names_introduced;
CREATE INDEX IF NOT EXISTS names_introduced ON names (is_introduced) WHERE is_introduced = 1;
CREATE INDEX IF NOT EXISTS names_by_frequency ON names (said DESC, name);
CREATE TABLE IF NOT EXISTS held (
  speaker TEXT NOT NULL, office TEXT NOT NULL, year INTEGER, articles INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS held_by_speaker ON held (speaker);
CREATE TABLE IF NOT EXISTS held_words (
  word TEXT NOT NULL, speaker TEXT NOT NULL, articles INTEGER NOT NULL, PRIMARY KEY (word, speaker)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_words_by_speaker ON held_words (speaker);
CREATE TABLE IF NOT EXISTS head_words (
  low TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (low, word)
) WITHOUT ROWID;
