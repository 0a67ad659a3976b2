// What watching the quality of a library keeps in it, as a part of the schema. Samples are chunks by key, so that they go with the
// chunks; the baseline alone has copies of vectors, which go with their documents.

export const QUALITY_SCHEMA = `
  -- What came in together: a large job, or small ones one after the other. The last of them are kept.
  CREATE TABLE ingest_runs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    generation     INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    model_version  TEXT NOT NULL,
    started_ms     INTEGER NOT NULL,
    finished_ms    INTEGER NOT NULL,
    jobs           INTEGER NOT NULL,
    documents      INTEGER NOT NULL,
    -- Documents and files that could not be taken in.
    failed         INTEGER NOT NULL,
    chunks         INTEGER NOT NULL,
    -- Passages that went through the encoder, and those of them that it did not read to their end.
    embedded       INTEGER NOT NULL,
    truncated      INTEGER NOT NULL,
    tokens         INTEGER NOT NULL,
    -- What was judged of its sample, as JSON; null: not judged yet.
    health         TEXT
  ) STRICT;
  CREATE INDEX ingest_runs_generation ON ingest_runs (generation);

  -- One chunk each of some documents of a run; run 0: of the whole index. The length that its vector had before it was
  -- normalised; null: it came out of the cache.
  CREATE TABLE sampled_chunks (
    run        INTEGER NOT NULL,
    chunk_key  INTEGER NOT NULL REFERENCES chunks (key) ON DELETE CASCADE,
    norm       REAL,
    PRIMARY KEY (run, chunk_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sampled_chunks_chunk ON sampled_chunks (chunk_key);

  -- Vectors of a known-good time, little-endian float32, of documents that are still there.
  CREATE TABLE baseline_vectors (
    generation    INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    document_key  INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    norm          REAL,
    vector        BLOB NOT NULL
  ) STRICT;
  CREATE INDEX baseline_vectors_generation ON baseline_vectors (generation);
  CREATE INDEX baseline_vectors_document ON baseline_vectors (document_key);

  -- What is known of a generation as a whole, as JSON by name.
  CREATE TABLE quality_states (
    generation  INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (generation, name)
  ) STRICT, WITHOUT ROWID;

  -- How queries fared, a minute a row, for an hour.
  CREATE TABLE query_minutes (
    minute  INTEGER PRIMARY KEY,
    record  TEXT NOT NULL
  ) STRICT;

  CREATE TABLE alert_states (
    rule   TEXT PRIMARY KEY,
    state  TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE alert_events (
    id     INTEGER PRIMARY KEY,
    at_ms  INTEGER NOT NULL,
    event  TEXT NOT NULL
  ) STRICT;

  CREATE TABLE embedding_costs (
    day           TEXT NOT NULL,
    tenant        TEXT NOT NULL,
    model         TEXT NOT NULL,
    texts         INTEGER NOT NULL,
    tokens        INTEGER NOT NULL,
    cpu_ms        REAL NOT NULL,
    saved_texts   INTEGER NOT NULL,
    saved_tokens  INTEGER NOT NULL,
    PRIMARY KEY (day, tenant, model)
  ) STRICT, WITHOUT ROWID;
`;
