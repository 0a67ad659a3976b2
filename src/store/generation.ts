// The generation record: with which model and chunking one complete index was made.

import { existsSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { databasePath, guarded, openForReading } from "./connection.js";
import { schemaVersion } from "./schema.js";
import { hasSparse } from "./sparse-vectors.js";

/** What an index is made with. Everything here is fixed for a generation's life. */
export type GenerationRecipe = {
  modelName: string;
  modelVersion: string;
  dimensions: number;
  maxTokens: number;
  overlapTokens: number;
  /** The sparse encoder, where there is one beside the bi-encoder. */
  sparseModelName?: string | null;
  sparseModelVersion?: string | null;
};

export type Generation = Required<GenerationRecipe> & { id: number; nextRow: number; createdAtMs: number };

const COLUMNS = `id, model_name AS modelName, model_version AS modelVersion, dimensions,
  max_tokens AS maxTokens, overlap_tokens AS overlapTokens, next_row AS nextRow, created_at_ms AS createdAtMs`;

function selectGeneration<Parameters extends unknown[]>(db: Database, condition: string) {
  const [name, version] = hasSparse(db) ? ["sparse_model_name", "sparse_model_version"] : ["NULL", "NULL"];
  return db.prepare<Parameters, Generation>(
    `SELECT ${COLUMNS}, ${name} AS sparseModelName, ${version} AS sparseModelVersion FROM generations WHERE ${condition}`,
  );
}

/** The generation that answers queries; undefined in a library that has none yet. */
export function activeGeneration(db: Database): Generation | undefined {
  return selectGeneration(db, "state = 'active'").get();
}

/** The other side of a migration; undefined where there is none. */
export function shadowGeneration(db: Database): Generation | undefined {
  return selectGeneration(db, "state = 'shadow'").get();
}

/** Undefined once it is dropped. */
export function generationOf(db: Database, id: number): Generation | undefined {
  return selectGeneration<[number]>(db, "id = ? AND state <> 'retired'").get(id);
}

/** The active generation of a library folder; undefined where there is no library, or an empty one. */
export function storedGeneration(library: string): Generation | undefined {
  if (!existsSync(databasePath(library))) return undefined;
  const db = openForReading(library);
  try {
    return guarded(library, () => (schemaVersion(db) === 0 ? undefined : activeGeneration(db)));
  } finally {
    db.close();
  }
}

/** Makes a new generation the active one. The caller has made sure that no documents hang on the old one. */
export function startGeneration(db: Database, recipe: GenerationRecipe, nowMs: number): Generation {
  db.transaction(() => {
    db.prepare("UPDATE generations SET state = 'retired' WHERE state <> 'retired'").run();
    db.prepare("UPDATE migrations SET ended_at_ms = ? WHERE ended_at_ms IS NULL").run(nowMs);
    insertGeneration(db, "active", recipe, nowMs);
  }).immediate();
  return activeGeneration(db)!;
}

/** Makes a new generation; belongs inside a transaction. */
export function insertGeneration(
  db: Database,
  state: "active" | "shadow",
  recipe: GenerationRecipe,
  nowMs: number,
): number {
  const { modelName, modelVersion, dimensions, maxTokens, overlapTokens } = recipe;
  const { sparseModelName = null, sparseModelVersion = null } = recipe;
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO generations (state, model_name, model_version, dimensions, max_tokens, overlap_tokens, created_at_ms,
         sparse_model_name, sparse_model_version)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      state,
      modelName,
      modelVersion,
      dimensions,
      maxTokens,
      overlapTokens,
      nowMs,
      sparseModelName,
      sparseModelVersion,
    );
  return Number(lastInsertRowid);
}

export function sameRecipe(a: GenerationRecipe, b: GenerationRecipe): boolean {
  return (
    a.modelVersion === b.modelVersion &&
    a.dimensions === b.dimensions &&
    a.maxTokens === b.maxTokens &&
    a.overlapTokens === b.overlapTokens &&
    (a.sparseModelVersion ?? null) === (b.sparseModelVersion ?? null)
  );
}
