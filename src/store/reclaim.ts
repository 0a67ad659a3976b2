// Steps in which the database gives back what nobody needs any more: generations that were replaced, and free pages of the
// file. Each step is short, and all of them find nothing to do when they are done.

import type { Database } from "better-sqlite3";
import { chunkKeyRange } from "./chunk-key.js";

/** Generations that another one has replaced. */
export function retiredGenerations(db: Database): number[] {
  return db.prepare<[], number>("SELECT id FROM generations WHERE state = 'retired' ORDER BY id").pluck().all();
}

const DELETED_AT_ONCE = 500;

/** Deletes a part of a retired generation; false when nothing of it is left. Belongs inside a transaction. */
export function dropGenerationPart(db: Database, generation: number): boolean {
  const { first, last } = chunkKeyRange(generation);
  const deleted = (sql: string, ...values: unknown[]) => db.prepare(sql).run(...values).changes > 0;
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
  return deleted("DELETE FROM generations WHERE id = ? AND state = 'retired'", generation);
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
