// Takes chunks and documents out of the registry. Their vectors stay in their blocks as dead rows.

import type { Database } from "better-sqlite3";
import { chunkKeyRange, rowOfChunkKey } from "./chunk-key.js";

export type ChunkDeleter = {
  /** Deletes chunks by key; returns their rows. */
  deleteChunks(keys: readonly number[]): number[];
  /** Deletes the chunks of a document by its key; returns the rows that they had. */
  deleteChunksOf(key: number): number[];
  /**
   * Deletes a document by key with everything that hangs on it, in every generation; returns the rows that its chunks had in
   * this one.
   */
  deleteDocument(key: number): number[];
};

/** Prepares deletion within one generation, and of whole documents in its shadow. All verbs belong inside a transaction. */
export function prepareChunkDeleter(
  db: Database,
  generation: number,
  shadow?: { deleter: ChunkDeleter; onRows(rows: readonly number[]): void },
): ChunkDeleter {
  const range = chunkKeyRange(generation);
  const chunksOf = db
    .prepare<[number, number, number], number>("SELECT key FROM chunks WHERE document_key = ? AND key BETWEEN ? AND ?")
    .pluck();
  const chunk = db.prepare("DELETE FROM chunks WHERE key = ?");
  const bury = db.prepare("INSERT INTO dead_rows (generation, row) VALUES (?, ?)");
  const countOut = db.prepare("UPDATE generations SET live_chunks = live_chunks - ? WHERE id = ?");
  // Of retired generations, whose rows go as a whole.
  const otherChunks = db.prepare("DELETE FROM chunks WHERE document_key = ?");
  const document = db.prepare("DELETE FROM documents WHERE key = ?");

  const deleteChunks = (keys: readonly number[]) => {
    const rows = keys.map((key) => {
      const row = rowOfChunkKey(key);
      chunk.run(key);
      bury.run(generation, row);
      return row;
    });
    countOut.run(rows.length, generation);
    return rows;
  };
  const deleteChunksOf = (key: number) => deleteChunks(chunksOf.all(key, range.first, range.last));
  return {
    deleteChunks,
    deleteChunksOf,
    deleteDocument(key) {
      const rows = deleteChunksOf(key);
      if (shadow) shadow.onRows(shadow.deleter.deleteChunksOf(key));
      otherChunks.run(key);
      document.run(key);
      return rows;
    },
  };
}
