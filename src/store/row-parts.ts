// Parts of what rows.ts reads: the documents of rows without their vectors, which stay unread, and the vectors of some rows. For vectors
// that lie in a file of their own.

import type { Database } from "better-sqlite3";
import { type BlockHead, lastRowOf, rowsOf, selectBlocks, selectDead } from "./rows.js";

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
  const keysOf = db.prepare<[number], Buffer>("SELECT document_keys FROM row_blocks WHERE rowid = ?").pluck();
  return db.transaction(() => {
    const { heads, isLive, nextRow } = selectBlocks(db, generation, from, maxRows);
    const rows: number[] = [];
    const documentKeys: number[] = [];
    for (const head of heads) {
      const keys = keysOf.get(head.id)!;
      rowsOf(head).forEach((row, i) => {
        if (!isLive(row)) return;
        rows.push(row);
        documentKeys.push(keys.readUInt32LE(i * 4));
      });
    }
    return { rows: Uint32Array.from(rows), documentKeys: Uint32Array.from(documentKeys), nextRow };
  })();
}

/** The vectors of those of `rows` (ascending) that are live. */
export function readVectors(db: Database, generation: number, rows: Uint32Array): RowVectors {
  if (rows.length === 0) return { rows: new Uint32Array(0), vectors: new Float32Array(0) };
  return db.transaction(() => {
    const dead = new Set(selectDead(db, generation, rows[0]!, rows.at(-1)! + 1));
    const found: number[] = [];
    const parts: Uint8Array[] = [];
    const blockOf = blockFinder(db, generation);
    for (const row of rows) {
      if (dead.has(row)) continue;
      const block = blockOf(row);
      const place = block?.places.get(row);
      if (!block || place === undefined) continue;
      found.push(row);
      parts.push(block.vectors.subarray(place * block.vectorBytes, (place + 1) * block.vectorBytes));
    }
    return { rows: Uint32Array.from(found), vectors: new Float32Array(Uint8Array.from(Buffer.concat(parts)).buffer) };
  })();
}

type Block = { places: Map<number, number>; last: number; vectors: Buffer; vectorBytes: number };

/** Finds the block of each of ascending rows; every block is read once. */
function blockFinder(db: Database, generation: number): (row: number) => Block | undefined {
  const select = db.prepare<[number, number], BlockHead & { vectors: Buffer }>(
    `SELECT rowid AS id, first_row AS firstRow, rows, row_numbers AS rowNumbers, vectors FROM row_blocks
     WHERE generation = ? AND first_row <= ? ORDER BY first_row DESC LIMIT 1`,
  );
  let block: Block | undefined;
  return (row) => {
    if (block && row <= block.last) return block;
    const found = select.get(generation, row);
    if (!found) return undefined;
    const places = new Map(Array.from(rowsOf(found), (number, i) => [number, i]));
    const vectorBytes = found.vectors.length / found.rows;
    block = { places, last: lastRowOf(found), vectors: found.vectors, vectorBytes };
    return block;
  };
}
