// What search holds in memory of a generation, read from SQLite: which rows are alive, the document of each, and the
// vectors. Read in slices, so that a large library streams into place.

import type { Database } from "better-sqlite3";
import { chunkKey, chunkKeyRange, rowOfChunkKey } from "./schema.js";

/** Live rows in ascending order with the keys of their documents. */
export type LiveRows = { rows: Uint32Array<ArrayBuffer>; documentKeys: Uint32Array<ArrayBuffer> };

export type VectorSlice = {
  rows: Uint32Array<ArrayBuffer>;
  /** Row-major float32, one vector for each of `rows`. */
  vectors: Float32Array<ArrayBuffer>;
  /** Where to read on; undefined after the last block. */
  nextRow: number | undefined;
};

/** Reads the live rows of `generation` from row `from` on, up to but without row `before`. */
export function readLiveRows(db: Database, generation: number, from: number, before?: number): LiveRows {
  const last = before === undefined ? chunkKeyRange(generation).last : chunkKey(generation, before) - 1;
  const pairs = db
    .prepare<[number, number], [number, number]>(
      "SELECT key, document_key FROM chunks WHERE key BETWEEN ? AND ? ORDER BY key",
    )
    .raw()
    .all(chunkKey(generation, from), last);
  return {
    rows: Uint32Array.from(pairs, ([key]) => rowOfChunkKey(key)),
    documentKeys: Uint32Array.from(pairs, ([, documentKey]) => documentKey),
  };
}

/** Reads the vectors of live rows of `generation` from row `from` on: whole blocks, until there are `maxRows` or more rows in them. */
export function readVectors(
  db: Database,
  generation: number,
  dimensions: number,
  from: number,
  maxRows: number,
): VectorSlice {
  const blocks = db.prepare<[number, number], { firstRow: number; rows: number; vectors: Buffer }>(
    "SELECT first_row AS firstRow, rows, vectors FROM vector_blocks WHERE generation = ? AND first_row >= ? ORDER BY first_row",
  );
  const bytesPerRow = dimensions * Float32Array.BYTES_PER_ELEMENT;
  const taken: { firstRow: number; rows: number; vectors: Buffer }[] = [];
  let rowsTaken = 0;
  let nextRow: number | undefined;
  for (const block of blocks.iterate(generation, from)) {
    if (rowsTaken >= maxRows) {
      nextRow = block.firstRow;
      break;
    }
    taken.push(block);
    rowsTaken += block.rows;
  }
  const { rows } = readLiveRows(db, generation, from, nextRow);
  const vectors = new Float32Array(rows.length * dimensions);
  const bytes = new Uint8Array(vectors.buffer);
  let block = 0;
  rows.forEach((row, i) => {
    while (row >= taken[block]!.firstRow + taken[block]!.rows) block++;
    const offset = (row - taken[block]!.firstRow) * bytesPerRow;
    bytes.set(taken[block]!.vectors.subarray(offset, offset + bytesPerRow), i * bytesPerRow);
  });
  return { rows, vectors, nextRow };
}
