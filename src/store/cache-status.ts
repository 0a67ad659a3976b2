// What the embedding cache holds and what it has been good for, read from its file without holding up who writes it.

import { existsSync, statSync } from "node:fs";
import Database, { SqliteError } from "better-sqlite3";
import { CACHE_VERSION, type CacheTotals, cachePath } from "./cache-file.js";

/** Totals since the file was made. `unreadable`: damaged, or left by a kill; the next run that writes mends it or makes it anew. */
export type CacheFileStatus =
  | { state: "none" }
  | { state: "unreadable"; reason: string; bytes: number }
  | { state: "ready"; entries: number; bytes: number; sinceMs: number; totals: CacheTotals };

export function readCacheStatus(library: string): CacheFileStatus {
  const path = cachePath(library);
  if (!existsSync(path)) return { state: "none" };
  const bytes = statSync(path).size;
  try {
    const db = new Database(path, { readonly: true, timeout: 1000 });
    try {
      if (db.pragma("user_version", { simple: true }) !== CACHE_VERSION) return { state: "none" };
      const entries = db.prepare<[], number>("SELECT count(*) FROM entries").pluck().get()!;
      const { sinceMs, ...totals } = db
        .prepare<[], CacheTotals & { sinceMs: number }>(
          `SELECT memory_hits AS memoryHits, disk_hits AS diskHits, misses, saved_bytes AS savedBytes,
             saved_tokens AS savedTokens, saved_ms AS savedMs, since_ms AS sinceMs FROM totals`,
        )
        .get()!;
      return { state: "ready", entries, bytes, sinceMs, totals };
    } finally {
      db.close();
    }
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return { state: "unreadable", reason: error.message, bytes };
  }
}
