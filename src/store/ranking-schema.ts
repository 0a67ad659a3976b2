// What was learned of ranking, and its part of the schema.

import type { Database } from "better-sqlite3";

/** One row for each model version, with that of the sparse encoder where there is one: other lists fuse otherwise. */
export const RANKING_SCHEMA = `
  CREATE TABLE learned_rankings (
    model_version  TEXT PRIMARY KEY,
    learned_at_ms  INTEGER NOT NULL,
    -- JSON, as the engine's ranking.ts has it.
    ranking        TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export type StoredRanking = { modelVersion: string; learnedAtMs: number; ranking: string };

/** None where the library is of a format that had none yet and is only read. */
export function readRankings(db: Database): StoredRanking[] {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'learned_rankings'").get() !== undefined;
  if (!isThere) return [];
  return db
    .prepare<[], StoredRanking>(
      "SELECT model_version AS modelVersion, learned_at_ms AS learnedAtMs, ranking FROM learned_rankings ORDER BY model_version",
    )
    .all();
}

/** Replaces what was learned with a model; `ranking` undefined forgets it. */
export function writeRanking(
  db: Database,
  { modelVersion, learnedAtMs, ranking }: { modelVersion: string; learnedAtMs: number; ranking: string | undefined },
): void {
  if (ranking === undefined) db.prepare("DELETE FROM learned_rankings WHERE model_version = ?").run(modelVersion);
  else db.prepare("INSERT OR REPLACE INTO learned_rankings VALUES (?, ?, ?)").run(modelVersion, learnedAtMs, ranking);
}
