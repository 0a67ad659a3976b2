// What search holds in memory of a generation, read from SQLite: the live rows, the document of each, and the vectors. Read
// in slices, so that a large library streams into place.

import type { Database } from "better-sqlite3";

export type RowSlice = {
  /** Live rows, ascending. */
  rows: Uint32Array<ArrayBuffer>;
  /** Key of each row's document. */
  documentKeys: Uint32Array<ArrayBuffer>;
  /** Row-major float32, one vector for each of `rows`. */
  vectors: Float32Array<ArrayBuffer>;
  /** Where to read on; undefined after the last block. */
  nextRow: number | undefined;
};

type Block = { firstRow: number; rows: number; vectors: Buffer; documentKeys: Buffer };

/** Reads the live rows of `generation` from row `from` on: whole blocks, until they have `maxRows` rows or more. */
export function readRows(db: Database, generation: number, from: number, maxRows: number): RowSlice {
  const select = db.prepare<[number, number], Block>(
    `SELECT first_row AS firstRow, rows, vectors, document_keys AS documentKeys
     FROM row_blocks WHERE generation = ? AND first_row >= ? ORDER BY first_row`,
  );
  const blocks: Block[] = [];
  let count = 0;
  let nextRow: number | undefined;
  for (const block of select.iterate(generation, from)) {
    if (count >= maxRows) {
      nextRow = block.firstRow;
      break;
    }
    blocks.push(block);
    count += block.rows;
  }
  const dead = new Set(readDeadRows(db, generation, from, nextRow));
  const liveRows = blocks.reduce((sum, { firstRow, rows }) => sum + rows - countIn(dead, firstRow, rows), 0);
  const dimensions = blocks[0] ? blocks[0].vectors.length / blocks[0].rows / Float32Array.BYTES_PER_ELEMENT : 0;
  const slice = {
    rows: new Uint32Array(liveRows),
    documentKeys: new Uint32Array(liveRows),
    vectors: new Float32Array(liveRows * dimensions),
    nextRow,
  };
  let at = 0;
  for (const block of blocks) at = takeLive(block, dead, slice, at);
  return slice;
}

/** Rows of blocks that no chunk has any more, from row `from` on and below `before`. */
export function readDeadRows(db: Database, generation: number, from: number, before = 2 ** 32): number[] {
  return db
    .prepare<[number, number, number], number>(
      "SELECT row FROM dead_rows WHERE generation = ? AND row >= ? AND row < ?",
    )
    .pluck()
    .all(generation, from, before);
}

function countIn(dead: ReadonlySet<number>, firstRow: number, rows: number): number {
  if (dead.size === 0) return 0;
  let count = 0;
  for (let row = firstRow; row < firstRow + rows; row++) if (dead.has(row)) count++;
  return count;
}

// Copies runs of live rows, so that a block without dead ones is one copy.
function takeLive(
  { firstRow, rows, vectors, documentKeys }: Block,
  dead: ReadonlySet<number>,
  into: RowSlice,
  start: number,
): number {
  const bytesPerVector = vectors.length / rows;
  const vectorBytes = new Uint8Array(into.vectors.buffer);
  const keyBytes = new Uint8Array(into.documentKeys.buffer);
  let at = start;
  for (let run = 0; run < rows; ) {
    let end = run;
    while (end < rows && !dead.has(firstRow + end)) end++;
    vectorBytes.set(vectors.subarray(run * bytesPerVector, end * bytesPerVector), at * bytesPerVector);
    keyBytes.set(documentKeys.subarray(run * 4, end * 4), at * 4);
    for (let i = run; i < end; i++) into.rows[at++] = firstRow + i;
    run = end + 1;
  }
  return at;
}
