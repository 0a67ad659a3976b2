// What search holds in memory of a generation, read from SQLite: the live rows, the document of each, and the vectors. Read
// in slices, so that a large library streams into place. A vacuum may rewrite blocks between two slices: each slice is one
// transaction, and reading on is by row, not by block.

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

/** Rows that were given out and are not alive any more. */
export type DeadRows = {
  rows: Uint32Array<ArrayBuffer>;
  /** How many a vacuum has taken out of this list, ever. */
  forgotten: number;
};

/** A block without its large columns. */
export type BlockHead = { id: number; firstRow: number; rows: number; rowNumbers: Buffer | null };

/** The block in which row `from` may lie, and all blocks after it, in the order of their rows. */
export function iterateBlocks(db: Database, generation: number, from: number): IterableIterator<BlockHead> {
  return db
    .prepare<{ generation: number; from: number }, BlockHead>(
      `SELECT rowid AS id, first_row AS firstRow, rows, row_numbers AS rowNumbers FROM row_blocks
       WHERE generation = $generation AND first_row >= coalesce(
         (SELECT max(first_row) FROM row_blocks WHERE generation = $generation AND first_row <= $from), 0)
       ORDER BY first_row`,
    )
    .iterate({ generation, from });
}

/** Numbers of a block's rows, dead ones among them. */
export function rowsOf({ firstRow, rows, rowNumbers }: BlockHead): Uint32Array {
  const numbers = new Uint32Array(rows);
  if (rowNumbers === null) for (let i = 0; i < rows; i++) numbers[i] = firstRow + i;
  else new Uint8Array(numbers.buffer).set(rowNumbers);
  return numbers;
}

/** The highest row of a block. */
export function lastRowOf({ firstRow, rows, rowNumbers }: BlockHead): number {
  return rowNumbers === null ? firstRow + rows - 1 : rowNumbers.readUInt32LE(rowNumbers.length - 4);
}

/** Whole blocks, and which of their rows are alive. */
export type BlockSlice = {
  heads: BlockHead[];
  isLive(row: number): boolean;
  /** Where to read on; undefined after the last block. */
  nextRow: number | undefined;
};

/** The blocks of `generation` from row `from` on, until they have `maxRows` rows or more. Belongs inside a transaction. */
export function selectBlocks(db: Database, generation: number, from: number, maxRows: number): BlockSlice {
  const heads: BlockHead[] = [];
  let count = 0;
  let nextRow: number | undefined;
  for (const head of iterateBlocks(db, generation, from)) {
    if (lastRowOf(head) < from) continue;
    if (count >= maxRows) {
      nextRow = head.firstRow;
      break;
    }
    heads.push(head);
    count += head.rows;
  }
  const dead = new Set(selectDead(db, generation, from, nextRow));
  return { heads, isLive: (row) => row >= from && !dead.has(row), nextRow };
}

/** Reads the live rows of `generation` from row `from` on: whole blocks, until they have `maxRows` rows or more. */
export function readRows(db: Database, generation: number, from: number, maxRows: number): RowSlice {
  return db.transaction(() => readLive(db, selectBlocks(db, generation, from, maxRows)))();
}

/** The rows of `generation` that are alive, ascending. */
export function readLiveRows(db: Database, generation: number): Uint32Array<ArrayBuffer> {
  return db.transaction(() => {
    const dead = new Set(selectDead(db, generation, 0));
    const live: number[] = [];
    for (const head of iterateBlocks(db, generation, 0)) {
      for (const row of rowsOf(head)) if (!dead.has(row)) live.push(row);
    }
    return Uint32Array.from(live);
  })();
}

export function readDeadRows(db: Database, generation: number): DeadRows {
  const forgotten = db.prepare<[number], number>("SELECT forgotten_rows FROM generations WHERE id = ?").pluck();
  return db.transaction(() => ({
    rows: Uint32Array.from(selectDead(db, generation, 0)),
    forgotten: forgotten.get(generation)!,
  }))();
}

/** Dead rows from `from` on and below `before`. */
export function selectDead(db: Database, generation: number, from: number, before = 2 ** 32): number[] {
  return db
    .prepare<[number, number, number], number>(
      "SELECT row FROM dead_rows WHERE generation = ? AND row >= ? AND row < ?",
    )
    .pluck()
    .all(generation, from, before);
}

type Live = { id: number; rows: number[]; runs: [start: number, end: number][] };

function readLive(db: Database, { heads, isLive, nextRow }: BlockSlice): RowSlice {
  const blocks = heads.map((head): Live => liveOf(head, isLive)).filter(({ rows }) => rows.length > 0);
  const columns = db.prepare<[number], { rows: number; documentKeys: Buffer; vectors: Buffer }>(
    "SELECT rows, document_keys AS documentKeys, vectors FROM row_blocks WHERE rowid = ?",
  );
  const length = blocks.reduce((sum, { rows }) => sum + rows.length, 0);
  const slice = {
    rows: new Uint32Array(length),
    documentKeys: new Uint32Array(length),
    vectors: new Float32Array(0),
    nextRow,
  };
  const keyBytes = new Uint8Array(slice.documentKeys.buffer);
  let at = 0;
  for (const { id, rows: live, runs } of blocks) {
    const { rows, documentKeys, vectors } = columns.get(id)!;
    const width = vectors.length / rows;
    if (slice.vectors.length === 0) slice.vectors = new Float32Array((length * width) / Float32Array.BYTES_PER_ELEMENT);
    const vectorBytes = new Uint8Array(slice.vectors.buffer);
    slice.rows.set(live, at);
    for (const [start, end] of runs) {
      keyBytes.set(documentKeys.subarray(start * 4, end * 4), at * 4);
      vectorBytes.set(vectors.subarray(start * width, end * width), at * width);
      at += end - start;
    }
  }
  return slice;
}

// Runs of live rows, so that a block without dead ones is one copy.
function liveOf(head: BlockHead, isLive: (row: number) => boolean): Live {
  const rows: number[] = [];
  const runs: Live["runs"] = [];
  rowsOf(head).forEach((row, i) => {
    if (!isLive(row)) return;
    rows.push(row);
    const last = runs.at(-1);
    if (last?.[1] === i) last[1]++;
    else runs.push([i, i + 1]);
  });
  return { id: head.id, rows, runs };
}
