// The library's SQLite schema as numbered migrations. `PRAGMA user_version` holds the number of the last one applied;
// a library with a higher number was written by a newer Lodestone and is refused.
//
// A generation is one complete index of one model version and one chunking; the text pipeline's version is each
// document's own. Chunk keys are generation * 2^32 + row, so that mixing two generations cannot be expressed.
// Rows are given out once and never reused: what was added since a given moment is simply "rows from there on".
// BAKED IN: the key layout and the little-endian row blocks. Changing either needs a migration.

import type { Database } from "better-sqlite3";
import { LodestoneError } from "../errors.js";
import { FEEDBACK_SCHEMA } from "./feedback-schema.js";
import { createHeadings } from "./heading-prefix.js";
import { QUALITY_SCHEMA } from "./quality-schema.js";
import { RANKING_SCHEMA } from "./ranking-schema.js";
import { hasSparse, SPARSE_SCHEMA } from "./sparse-vectors.js";
import { OWN_ID_OF_ID, TENANT_OF_ID } from "./tenancy.js";
import { TITLE_INDEX } from "./title-prefix.js";

/** SQL, or a step that has to look at what is there. */
type SchemaStep = string | ((db: Database) => void);

const migrations: readonly SchemaStep[] = [
  `
  -- One row: which library this is, also after it was copied or restored elsewhere.
  CREATE TABLE library (
    id             TEXT NOT NULL,
    created_at_ms  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO library VALUES (lower(hex(randomblob(16))), unixepoch('now', 'subsec') * 1000);

  CREATE TABLE generations (
    -- Never given out twice: whoever still reads one that was dropped must not find another in its place.
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    -- active: answers queries. shadow: the other side of a migration. retired: what a vacuum takes out.
    state           TEXT NOT NULL CHECK (state IN ('active', 'shadow', 'retired')),
    model_name      TEXT NOT NULL,
    model_version   TEXT NOT NULL,
    dimensions      INTEGER NOT NULL CHECK (dimensions > 0),
    max_tokens      INTEGER NOT NULL,
    overlap_tokens  INTEGER NOT NULL,
    next_row        INTEGER NOT NULL DEFAULT 0,
    -- Of all live chunks: how many, and the terms in their postings. FTS5's own totals forget no deleted row.
    live_chunks     INTEGER NOT NULL DEFAULT 0,
    live_terms      INTEGER NOT NULL DEFAULT 0,
    -- Dead rows that a vacuum has forgotten: who follows the library by its dead rows sees here that some are not told.
    forgotten_rows  INTEGER NOT NULL DEFAULT 0,
    created_at_ms   INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX generations_one_each ON generations (state) WHERE state <> 'retired';

  -- Changes to another model, another chunking or another length of vectors. One that has not ended has a shadow generation.
  CREATE TABLE migrations (
    id             INTEGER PRIMARY KEY,
    source         INTEGER NOT NULL,
    target         INTEGER NOT NULL,
    -- Of a hundred queries so many are answered by the target while it is the shadow.
    share          INTEGER NOT NULL DEFAULT 0 CHECK (share IN (0, 10, 25, 50, 100)),
    -- Why the target was taken off the queries.
    reason         TEXT,
    started_at_ms  INTEGER NOT NULL,
    ended_at_ms    INTEGER,
    -- What was measured of each side, as JSON.
    figures        TEXT NOT NULL DEFAULT '{}'
  ) STRICT;
  CREATE UNIQUE INDEX migrations_one_open ON migrations (ended_at_ms IS NULL) WHERE ended_at_ms IS NULL;

  CREATE TABLE sources (
    name  TEXT PRIMARY KEY,
    path  TEXT NOT NULL UNIQUE
  ) STRICT;

  -- A file whose size and time are null was seen but not yet read to its end.
  CREATE TABLE files (
    key             INTEGER PRIMARY KEY,
    path            TEXT NOT NULL UNIQUE,
    size_bytes      INTEGER,
    modified_at_ms  REAL,
    content_hash    BLOB,
    pipeline        TEXT NOT NULL
  ) STRICT;

  -- Keys are given out once: what is remembered of one never becomes another document's.
  CREATE TABLE documents (
    key             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    -- Told by the id alone: whose it is, and the id as that tenant knows it.
    tenant          TEXT NOT NULL GENERATED ALWAYS AS (${TENANT_OF_ID}) STORED,
    own_id          TEXT NOT NULL GENERATED ALWAYS AS (${OWN_ID_OF_ID}) STORED,
    title           TEXT NOT NULL,
    media_type      TEXT NOT NULL,
    path            TEXT,
    file_key        INTEGER REFERENCES files (key),
    metadata        TEXT NOT NULL,
    content_hash    BLOB NOT NULL,
    pipeline        TEXT NOT NULL,
    modified_at_ms  INTEGER,
    indexed_at_ms   INTEGER NOT NULL,
    -- How it is kept fresh: the policy that came with it (null: by the rules), when it came first, how often its content
    -- was another one since, and when that was last compared with where it comes from.
    staleness       TEXT,
    added_at_ms     INTEGER NOT NULL,
    changes         INTEGER NOT NULL DEFAULT 0,
    checked_at_ms   INTEGER NOT NULL,
    -- Sequence of the job that wrote it last: an earlier one that comes late leaves it alone.
    job             INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX documents_tenant ON documents (tenant, own_id);
  CREATE INDEX documents_path ON documents (path);
  CREATE INDEX documents_media_type ON documents (media_type);
  CREATE INDEX documents_modified ON documents (modified_at_ms);
  CREATE INDEX documents_file ON documents (file_key);

  -- The whole text, deflated, with its outline: what a new generation is chunked from.
  CREATE TABLE document_texts (
    document_key  INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
    characters    INTEGER NOT NULL,
    -- What duplicates are told by: SHA-256 of the text, cut to 128 bits, and its signature (null: it has no word).
    text_hash     BLOB NOT NULL,
    signature     BLOB,
    outline       TEXT NOT NULL,
    deflated      BLOB NOT NULL
  ) STRICT;
  CREATE INDEX document_texts_hash ON document_texts (text_hash);

  -- Documents that the shadow generation holds just as the active one does.
  CREATE TABLE shadow_documents (
    document_key  INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE
  ) STRICT;

  -- How often documents were among the results of searches.
  CREATE TABLE document_uses (
    document_key  INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
    uses          INTEGER NOT NULL
  ) STRICT;

  -- One row for each metadata value (an array has several): what filters are answered from.
  CREATE TABLE document_fields (
    document_key  INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    field         TEXT NOT NULL,
    text          TEXT,
    number        REAL,
    truth         INTEGER
  ) STRICT;
  CREATE INDEX document_fields_text ON document_fields (field, text);
  CREATE INDEX document_fields_number ON document_fields (field, number);
  CREATE INDEX document_fields_document ON document_fields (document_key);

  CREATE TABLE chunks (
    key           INTEGER PRIMARY KEY,
    document_key  INTEGER NOT NULL REFERENCES documents (key),
    chunk_index   INTEGER NOT NULL,
    id            TEXT NOT NULL,
    start_char    INTEGER NOT NULL,
    end_char      INTEGER NOT NULL,
    tokens        INTEGER NOT NULL,
    terms         INTEGER NOT NULL,
    heading_path  TEXT NOT NULL,
    passage_hash  BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chunks_document ON chunks (document_key, key);

  CREATE TABLE chunk_texts (
    chunk_key  INTEGER PRIMARY KEY REFERENCES chunks (key) ON DELETE CASCADE,
    text       TEXT NOT NULL
  ) STRICT;

  -- What search holds in memory, for many rows in one blob each, little endian: keys of documents (uint32), and vectors
  -- (float32, row after row), the largest last: whoever reads a column behind them reads all pages of them.
  -- Opening a library reads these and nothing else of its rows. row_numbers (uint32, ascending) names the rows of a block that was
  -- vacuumed; null: consecutive ones from first_row.
  CREATE TABLE row_blocks (
    generation     INTEGER NOT NULL REFERENCES generations (id),
    first_row      INTEGER NOT NULL,
    rows           INTEGER NOT NULL,
    row_numbers    BLOB,
    document_keys  BLOB NOT NULL,
    terms          BLOB NOT NULL,
    vectors        BLOB NOT NULL,
    UNIQUE (generation, first_row)
  ) STRICT;

  -- Rows of blocks that no chunk has any more; a vacuum takes them out of both.
  CREATE TABLE dead_rows (
    generation  INTEGER NOT NULL REFERENCES generations (id),
    row         INTEGER NOT NULL,
    PRIMARY KEY (generation, row)
  ) STRICT, WITHOUT ROWID;

  -- What was submitted and what became of it. The sequence is the order in which later wins over earlier.
  CREATE TABLE jobs (
    sequence         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant           TEXT NOT NULL DEFAULT '',
    kind             TEXT NOT NULL,
    priority         TEXT NOT NULL CHECK (priority IN ('interactive', 'bulk')),
    state            TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    subject          TEXT NOT NULL,
    bytes            INTEGER NOT NULL,
    -- Documents or files that it is about (null: not counted yet), and how many of them are settled.
    total            INTEGER,
    done             INTEGER NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms  INTEGER NOT NULL DEFAULT 0,
    error_code       TEXT,
    error_message    TEXT,
    result           TEXT NOT NULL DEFAULT '{}',
    created_ms       INTEGER NOT NULL,
    started_ms       INTEGER,
    finished_ms      INTEGER
  ) STRICT;
  CREATE INDEX jobs_state ON jobs (state, sequence);

  -- What a job is to do, as compressed JSON; gone when it is done or cancelled.
  CREATE TABLE job_payloads (
    sequence    INTEGER PRIMARY KEY REFERENCES jobs (sequence) ON DELETE CASCADE,
    compressed  BLOB NOT NULL
  ) STRICT;

  -- Ids that a job removed while an earlier one was not finished, which must not bring them back.
  CREATE TABLE removed_documents (
    id   TEXT PRIMARY KEY,
    job  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  toFormat2,
  toFormat3,
];

function toFormat2(db: Database): void {
  dropFullTextTables(db);
  for (const tables of [FEEDBACK_SCHEMA, QUALITY_SCHEMA, RANKING_SCHEMA, TITLE_INDEX]) db.exec(tables);
}

// There are libraries of format 2 with and without a place for a sparse encoder and its terms.
function toFormat3(db: Database): void {
  if (!hasSparse(db)) db.exec(SPARSE_SCHEMA);
  createHeadings(db);
}

// Format 1 kept postings in FTS5 tables, one a generation, and counted the terms of every row. The lexical index is made of
// the texts (live-lexical.ts). row_blocks.terms stays, empty in new blocks: to take a column out rewrites the vectors.
function dropFullTextTables(db: Database): void {
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE lexical!_%' ESCAPE '!'")
    .pluck()
    .all();
  for (const table of tables) db.exec(`DROP TABLE ${table}`);
  db.exec("ALTER TABLE generations DROP COLUMN live_terms; ALTER TABLE chunks DROP COLUMN terms");
}

/** The library format that this build reads and writes. */
export const formatVersion = migrations.length;

/** Brings the schema up to date, one transaction for each step. Throws LIBRARY_TOO_NEW for a library of a later format. */
export function migrateSchema(db: Database, path: string): void {
  const found = schemaVersion(db);
  checkFormat(found, path);
  for (let version = found; version < migrations.length; version++) {
    db.transaction(() => {
      const step = migrations[version]!;
      if (typeof step === "string") db.exec(step);
      else step(db);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
}

/** The format number stored in an open database; 0 for an empty one. */
export function schemaVersion(db: Database): number {
  return db.pragma("user_version", { simple: true }) as number;
}

/** Refuses a library that a newer version wrote. */
export function checkFormat(found: number, path: string): void {
  if (found <= formatVersion) return;
  throw new LodestoneError(
    "LIBRARY_TOO_NEW",
    `The library ${path} has format ${found}; this version of Lodestone reads formats up to ${formatVersion}. ` +
      "Upgrade Lodestone, or use another library folder.",
    { detail: { path, found, supported: formatVersion } },
  );
}
