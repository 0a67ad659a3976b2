// Takes chunks and documents out of the registry and the full-text index. Their vectors stay in their blocks as dead rows.

import type { Database } from "better-sqlite3";
import { chunkKeyRange, lexicalTable, rowOfChunkKey } from "./schema.js";

export type ChunkDeleter = {
  /** Deletes chunks by key; returns their rows. */
  deleteChunks(keys: readonly number[]): number[];
  /** Deletes a document by key with everything that hangs on it; returns the rows that its chunks had. */
  deleteDocument(key: number): number[];
};

/** Prepares deletion within one generation. Both verbs belong inside a transaction. */
export function prepareChunkDeleter(db: Database, generation: number): ChunkDeleter {
  const range = chunkKeyRange(generation);
  const chunksOf = db
    .prepare<[number, number, number], number>("SELECT key FROM chunks WHERE document_key = ? AND key BETWEEN ? AND ?")
    .pluck();
  const posting = db.prepare(`DELETE FROM ${lexicalTable(generation)} WHERE rowid = ?`);
  const chunk = db.prepare<[number], number>("DELETE FROM chunks WHERE key = ? RETURNING terms").pluck();
  const bury = db.prepare("INSERT INTO dead_rows (generation, row) VALUES (?, ?)");
  const countOut = db.prepare(
    "UPDATE generations SET live_chunks = live_chunks - ?, live_terms = live_terms - ? WHERE id = ?",
  );
  const document = db.prepare("DELETE FROM documents WHERE key = ?");

  const deleteChunks = (keys: readonly number[]) => {
    let terms = 0;
    const rows = keys.map((key) => {
      const row = rowOfChunkKey(key);
      posting.run(row);
      terms += chunk.get(key)!;
      bury.run(generation, row);
      return row;
    });
    countOut.run(rows.length, terms, generation);
    return rows;
  };
  return {
    deleteChunks,
    deleteDocument(key) {
      const rows = deleteChunks(chunksOf.all(key, range.first, range.last));
      document.run(key);
      return rows;
    },
  };
}
