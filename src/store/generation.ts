// The generation record: with which model and chunking one complete index was made.

import { existsSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { databasePath, guarded, openForReading } from "./connection.js";
import { createLexicalTable, schemaVersion } from "./schema.js";

/** What an index is made with. Everything here is fixed for a generation's life. */
export type GenerationRecipe = {
  modelName: string;
  modelVersion: string;
  dimensions: number;
  maxTokens: number;
  overlapTokens: number;
};

export type Generation = GenerationRecipe & { id: number; nextRow: number; createdAtMs: number };

/** The generation that answers queries; undefined in a library that has none yet. */
export function activeGeneration(db: Database): Generation | undefined {
  return db
    .prepare<[], Generation>(
      `SELECT id, model_name AS modelName, model_version AS modelVersion, dimensions, max_tokens AS maxTokens,
         overlap_tokens AS overlapTokens, next_row AS nextRow, created_at_ms AS createdAtMs
       FROM generations WHERE state = 'active'`,
    )
    .get();
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
    db.prepare("UPDATE generations SET state = 'retired' WHERE state = 'active'").run();
    const { lastInsertRowid } = db
      .prepare(
        `INSERT INTO generations (state, model_name, model_version, dimensions, max_tokens, overlap_tokens, created_at_ms)
         VALUES ('active', ?, ?, ?, ?, ?, ?)`,
      )
      .run(recipe.modelName, recipe.modelVersion, recipe.dimensions, recipe.maxTokens, recipe.overlapTokens, nowMs);
    createLexicalTable(db, Number(lastInsertRowid));
  }).immediate();
  return activeGeneration(db)!;
}
