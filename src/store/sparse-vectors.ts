// Weighted terms of chunks, as a learned sparse encoder gave them, and their part of the schema. One row a chunk:
//
//   count ids of terms (uint32, little endian, ascending), then count impacts (uint8), impact i of term i
//
// BAKED IN: this layout. What an impact stands for is the model's, see its manifest's largestWeight.

import type { Database } from "better-sqlite3";
import { type ImpactRow, impactOf } from "../lexical/index.js";
import { chunkKey, chunkKeyRange, rowOfChunkKey } from "./chunk-key.js";

/** The sparse encoder of a generation, where it has one; and what it made of each chunk. */
export const SPARSE_SCHEMA = `
  ALTER TABLE generations ADD COLUMN sparse_model_name TEXT;
  ALTER TABLE generations ADD COLUMN sparse_model_version TEXT;
  CREATE TABLE sparse_vectors (
    chunk_key  INTEGER PRIMARY KEY REFERENCES chunks (key) ON DELETE CASCADE,
    terms      BLOB NOT NULL
  ) STRICT;
`;

/** Whether a library has a place for them. One of an earlier format that is only read may have none. */
export function hasSparse(db: Database): boolean {
  const column = "SELECT 1 FROM pragma_table_info('generations') WHERE name = 'sparse_model_version'";
  return db.prepare(column).get() !== undefined;
}

/** Weighted terms of texts: those of text i lie from `starts[i]` to `starts[i + 1]`, each term once, in any order. */
export type WeightedTexts = {
  starts: Uint32Array;
  terms: Uint32Array;
  weights: Float32Array;
  /** What the largest impact stands for; larger weights are cut off. */
  largestWeight: number;
};

/** A row's terms, ascending, and their impacts, 1 to 255. */
export type SparseRow = { row: number } & ImpactRow;

const BYTES_PER_TERM = 5;

/** The terms of one text as they are stored; weights of 0 and below are left out. */
export function encodeSparse({ starts, terms, weights, largestWeight }: WeightedTexts, text: number): Uint8Array {
  const keys = new Float64Array(starts[text + 1]! - starts[text]!);
  let count = 0;
  for (let i = starts[text]!; i < starts[text + 1]!; i++) {
    if (weights[i]! > 0) keys[count++] = terms[i]! * 256 + impactOf(weights[i]!, largestWeight);
  }
  keys.subarray(0, count).sort();
  const bytes = Buffer.alloc(count * BYTES_PER_TERM);
  for (let i = 0; i < count; i++) {
    bytes.writeUInt32LE(Math.floor(keys[i]! / 256), i * 4);
    bytes[count * 4 + i] = keys[i]! % 256;
  }
  return bytes;
}

export function decodeSparse(bytes: Buffer): ImpactRow {
  const count = bytes.length / BYTES_PER_TERM;
  // Of its own, so that it begins where numbers of 4 bytes may.
  const own = new Uint8Array(bytes);
  return { terms: new Uint32Array(own.buffer, 0, count), impacts: own.subarray(count * 4) };
}

/** Writes the terms of a chunk by its key; belongs inside the transaction that writes the chunk. */
export function prepareSparseInsert(db: Database): (key: number, terms: Uint8Array) => void {
  const insert = db.prepare("INSERT INTO sparse_vectors (chunk_key, terms) VALUES (?, ?)");
  return (key, terms) => void insert.run(key, terms);
}

/** Gives the first `limit` live rows of a generation from row `from` on; a row without terms is there all the same. */
export function openSparseRows(db: Database, generation: number): (from: number, limit: number) => SparseRow[] {
  const { last } = chunkKeyRange(generation);
  const select = db.prepare<[number, number, number], { key: number; terms: Buffer | null }>(
    `SELECT c.key, s.terms FROM chunks c LEFT JOIN sparse_vectors s ON s.chunk_key = c.key
     WHERE c.key BETWEEN ? AND ? ORDER BY c.key LIMIT ?`,
  );
  return (from, limit) =>
    select
      .all(chunkKey(generation, from), last, limit)
      .map(({ key, terms }) => ({ row: rowOfChunkKey(key), ...decodeSparse(terms ?? Buffer.alloc(0)) }));
}
