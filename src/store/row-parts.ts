// Parts of what rows.ts reads: the documents of rows without their vectors, which stay unread, and the vectors of some rows. For vectors
// that lie in a file of their own.

import type { Database } from "better-sqlite3";
import { readDeadRows } from "./rows.js";

export type RowDocuments = {
  /** Live rows, ascending. */
  rows: Uint32Array<ArrayBuffer>;
  /** Key of each row's document. */
  documentKeys: Uint32Array<ArrayBuffer>;
  /** Where to read on; undefined after the last block. */
  nextRow: number | undefined;
};

/** Vectors of rows, float32, one after the other. */
export type RowVectors = { rows: Uint32Array<ArrayBuffer>; vectors: Float32Array<ArrayBuffer> };

/** Reads the live rows of `generation` from row `from` on: whole blocks, until they have `maxRows` rows or more. */
export function readRowDocuments(db: Database, generation: number, from: number, maxRows: number): RowDocuments {
  const select = db.prepare<[number, number], { firstRow: number; rows: number; documentKeys: Buffer }>(
    `SELECT first_row AS firstRow, rows, document_keys AS documentKeys FROM row_blocks
     WHERE generation = ? AND first_row >= ? ORDER BY first_row`,
  );
  const found: { row: number; key: number }[] = [];
  let count = 0;
  let nextRow: number | undefined;
  for (const { firstRow, rows, documentKeys } of select.iterate(generation, from)) {
    if (count >= maxRows) {
      nextRow = firstRow;
      break;
    }
    for (let i = 0; i < rows; i++) found.push({ row: firstRow + i, key: documentKeys.readUInt32LE(i * 4) });
    count += rows;
  }
  const dead = new Set(readDeadRows(db, generation, from, nextRow));
  const live = dead.size === 0 ? found : found.filter(({ row }) => !dead.has(row));
  return {
    rows: Uint32Array.from(live, ({ row }) => row),
    documentKeys: Uint32Array.from(live, ({ key }) => key),
    nextRow,
  };
}

/** The vectors of those of `rows` (ascending) that are live. */
export function readVectors(db: Database, generation: number, rows: Uint32Array): RowVectors {
  if (rows.length === 0) return { rows: new Uint32Array(0), vectors: new Float32Array(0) };
  const select = db.prepare<[number, number], { firstRow: number; rows: number; vectors: Buffer }>(
    `SELECT first_row AS firstRow, rows, vectors FROM row_blocks
     WHERE generation = ? AND first_row <= ? ORDER BY first_row DESC LIMIT 1`,
  );
  const dead = new Set(readDeadRows(db, generation, rows[0]!, rows.at(-1)! + 1));
  const found: number[] = [];
  const parts: Uint8Array[] = [];
  let block = select.get(generation, rows[0]!);
  for (const row of rows) {
    if (dead.has(row)) continue;
    if (!block || row >= block.firstRow + block.rows) block = select.get(generation, row);
    if (!block || row >= block.firstRow + block.rows) continue;
    const vectorBytes = block.vectors.length / block.rows;
    const start = (row - block.firstRow) * vectorBytes;
    found.push(row);
    parts.push(block.vectors.subarray(start, start + vectorBytes));
  }
  return { rows: Uint32Array.from(found), vectors: new Float32Array(Uint8Array.from(Buffer.concat(parts)).buffer) };
}
