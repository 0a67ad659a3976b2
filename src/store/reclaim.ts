// Steps in which the database gives back what nobody needs any more: postings of deleted rows, generations that were
// replaced, and free pages of the file. Each step is short, and all of them find nothing to do when they are done.

import type { Database } from "better-sqlite3";
import { chunkKeyRange, LEXICAL_OPTIONS, lexicalTable } from "./schema.js";

// FTS5 keeps the rows that were deleted from a segment in pages of their own, whose ids are above all others:
// id = (segment + 2^16) << 37 | page (fts5_index.c, FTS5_TOMBSTONE_ROWID).
const FIRST_TOMBSTONE_PAGE = "(65537 << 37)";

/** Whether the full-text index of a generation still holds postings of deleted rows. */
export function hasDeadPostings(db: Database, generation: number): boolean {
  const page = db.prepare(`SELECT 1 FROM ${lexicalTable(generation)}_data WHERE id >= ${FIRST_TOMBSTONE_PAGE} LIMIT 1`);
  return page.get() !== undefined;
}

/**
 * Merges about `pages` pages of a generation's postings; false when there is nothing left to merge. The first step of a run
 * marks all segments for one merge, the others go on with it, also after a restart.
 */
export function mergePostings(db: Database, generation: number, pages: number, isFirst: boolean): boolean {
  const table = lexicalTable(generation);
  const changes = db.prepare<[], number>("SELECT total_changes()").pluck();
  const before = changes.get()!;
  db.prepare(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`).run(isFirst ? -pages : pages);
  // One change is the command itself.
  return changes.get()! - before >= 2;
}

/** Generations that another one has replaced. */
export function retiredGenerations(db: Database): number[] {
  return db.prepare<[], number>("SELECT id FROM generations WHERE state = 'retired' ORDER BY id").pluck().all();
}

const DELETED_AT_ONCE = 500;
// Below are the averages (1) and the list of segments (10); ids of segments' pages begin at 1 << 37 (fts5_index.c).
const FIRST_SEGMENT_PAGE = 11;

/** Deletes a part of a retired generation; false when nothing of it is left. Belongs inside a transaction. */
export function dropGenerationPart(db: Database, generation: number): boolean {
  const table = lexicalTable(generation);
  const { first, last } = chunkKeyRange(generation);
  const deleted = (sql: string, ...values: unknown[]) => db.prepare(sql).run(...values).changes > 0;
  const partOf = (name: string, key: string, limit: number, from = 0) =>
    `DELETE FROM ${name} WHERE ${key} IN (SELECT ${key} FROM ${name} WHERE ${key} >= ${from} LIMIT ${limit})`;
  if (
    deleted(
      "DELETE FROM chunks WHERE key IN (SELECT key FROM chunks WHERE key BETWEEN ? AND ? LIMIT ?)",
      first,
      last,
      DELETED_AT_ONCE,
    ) ||
    deleted(
      "DELETE FROM row_blocks WHERE rowid IN (SELECT rowid FROM row_blocks WHERE generation = ? LIMIT 4)",
      generation,
    ) ||
    deleted(
      "DELETE FROM dead_rows WHERE generation = ? AND row IN (SELECT row FROM dead_rows WHERE generation = ? LIMIT 5000)",
      generation,
      generation,
    )
  ) {
    return true;
  }
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(table) !== undefined) {
    // Dropping a table frees all its pages in one go; emptied before, it has few. SQLite guards the tables behind a
    // full-text index; nobody reads this one any more.
    db.unsafeMode(true);
    try {
      forgetSegments(db, table);
      if (deleted(partOf(`${table}_data`, "id", DELETED_AT_ONCE, FIRST_SEGMENT_PAGE))) return true;
      if (deleted(partOf(`${table}_docsize`, "id", 4 * DELETED_AT_ONCE))) return true;
    } finally {
      db.unsafeMode(false);
    }
    db.exec(`DROP TABLE ${table}`);
  }
  return deleted("DELETE FROM generations WHERE id = ? AND state = 'retired'", generation);
}

// What an index lists as its parts lies in the first pages of its data; those of an empty one list none. So the database is whole at every
// moment, also in a snapshot that is made while the parts go.
function forgetSegments(db: Database, table: string): void {
  db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.lexical_empty USING fts5 (${LEXICAL_OPTIONS})`);
  db.exec(
    `REPLACE INTO main.${table}_data SELECT id, block FROM temp.lexical_empty_data WHERE id < ${FIRST_SEGMENT_PAGE}`,
  );
}

/** Gives at most `pages` free pages back to the system; returns how many are still free. */
export function shrinkFile(db: Database, pages: number): number {
  db.pragma(`incremental_vacuum(${pages})`);
  return freePages(db);
}

/** Pages of the file that hold nothing; 0 in a library that was made without the means to give them back. */
export function freePages(db: Database): number {
  const isIncremental = db.pragma("auto_vacuum", { simple: true }) === 2;
  return isIncremental ? (db.pragma("freelist_count", { simple: true }) as number) : 0;
}

/** Writes the log back into the file and empties it, as far as readers let it. */
export function checkpoint(db: Database): void {
  const timeout = db.pragma("busy_timeout", { simple: true }) as number;
  // Nobody waits for a reader that takes its time: what is left, the next checkpoint does.
  db.pragma("busy_timeout = 0");
  try {
    db.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    db.pragma(`busy_timeout = ${timeout}`);
  }
}

export type Dirt = { dead: number; live: number };

/** Rows that are stored, those that are dead apart: nobody reads those of a retired generation any more. */
export function countDirt(db: Database): Dirt {
  return db
    .prepare<[], Dirt>(
      `SELECT (SELECT count(*) FROM dead_rows) + coalesce(sum(live_chunks) FILTER (WHERE state = 'retired'), 0) AS dead,
         coalesce(sum(live_chunks) FILTER (WHERE state <> 'retired'), 0) AS live
       FROM generations`,
    )
    .get()!;
}
