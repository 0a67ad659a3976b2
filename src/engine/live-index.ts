// The library in memory: vectors and the document of each row, filled from SQLite when the engine opens and kept in
// step with every commit after that.

import type { BatchWritten, FilesMoved, RowSlice, StoreReader } from "../store/index.js";
import { openVectorIndex, type RowBitmap, type VectorIndex } from "../vectors/index.js";
import { RowTable } from "./row-table.js";

// Rows read from SQLite at a time, 4 MB at 512 dimensions: larger slices leave the processor's cache between two copies and
// opened 50,000 rows a tenth slower.
const SLICE_ROWS = 2048;

export class LiveIndex {
  readonly #rows = new RowTable();
  #changes = 0;
  #version: number | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** Of the dead rows, how many a vacuum had forgotten at the last look. */
  #forgotten = 0;

  private constructor(
    readonly vectors: VectorIndex,
    readonly reader: StoreReader,
  ) {}

  /** Opens an empty index and reads the library's live rows into it. */
  static async open(reader: StoreReader, dimensions: number): Promise<LiveIndex> {
    const index = new LiveIndex(await openVectorIndex({ dimensions }), reader);
    // Before the rows are read: what is written meanwhile is then taken in by the first look.
    index.#version = await reader.call("version", null);
    index.#forgotten = (await reader.call("deadRows", null)).forgotten;
    await index.#readFrom(0);
    return index;
  }

  /** Counts up with every change: what was derived from an earlier count may be stale. */
  get changes(): number {
    return this.#changes;
  }

  /** Takes in what a batch wrote. */
  async apply({ firstRow, documentKeys, vectors, removedRows }: BatchWritten): Promise<void> {
    const rows = Uint32Array.from(documentKeys, (_, i) => firstRow + i);
    this.#rows.add(rows, documentKeys);
    this.#rows.remove(removedRows);
    this.#changes++;
    await this.#add(rows, vectors);
    if (removedRows.length > 0) await this.vectors.remove(removedRows);
  }

  /** Takes out removed rows. */
  async remove(rows: Uint32Array): Promise<void> {
    this.#rows.remove(rows);
    this.#changes++;
    await this.vectors.remove(rows);
  }

  /** Takes in that documents have new ids and paths, and that rows of documents in their way are gone. */
  async move({ removedRows }: FilesMoved): Promise<void> {
    await this.remove(removedRows);
  }

  /** Takes in what another process has written up to now. */
  follow(): Promise<void> {
    // One after the other: who asks while another look is at work must not go on with what that has not taken in yet.
    this.#looking = this.#looking.catch(() => undefined).then(() => this.#look());
    return this.#looking;
  }

  async #look(): Promise<void> {
    const version = await this.reader.call("version", null);
    if (version === this.#version) return;
    const { rows: dead, forgotten } = await this.reader.call("deadRows", null);
    if (forgotten === this.#forgotten) await this.remove(dead.filter((row) => this.#rows.documentOf(row) !== 0));
    else {
      // Rows may have died and been vacuumed since: who is not among the living is gone.
      await this.remove(this.#rows.notAmong(await this.reader.call("liveRows", null)));
      this.#forgotten = forgotten;
    }
    await this.#readFrom(this.#rows.end);
    this.#version = version;
  }

  documentOf(row: number): number {
    return this.#rows.documentOf(row);
  }

  rowsOf(documentKeys: Uint32Array): RowBitmap {
    return this.#rows.rowsOf(documentKeys);
  }

  close(): Promise<void> {
    return this.vectors.close();
  }

  // A text in which the model knows no token has the zero vector, which no cosine finds: its words still do.
  async #add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const { dimensions } = this.vectors;
    const directed = rows.filter((_, i) => vectors.subarray(i * dimensions, (i + 1) * dimensions).some((x) => x !== 0));
    if (directed.length === 0) return;
    if (directed.length === rows.length) return this.vectors.add(rows, vectors);
    const kept = new Set(directed);
    const dense = new Float32Array(directed.length * dimensions);
    let at = 0;
    rows.forEach((row, i) => {
      if (!kept.has(row)) return;
      dense.set(vectors.subarray(i * dimensions, (i + 1) * dimensions), at);
      at += dimensions;
    });
    return this.vectors.add(directed, dense);
  }

  async #readFrom(first: number): Promise<void> {
    const read = (from: number) => {
      const reading = this.reader.call("rows", { from, maxRows: SLICE_ROWS });
      // Where taking in the slice before it fails, nobody waits for this one.
      reading.catch(() => undefined);
      return reading;
    };
    for (let reading: Promise<RowSlice> | undefined = read(first); reading; ) {
      const slice: RowSlice = await reading;
      // The next slice is read while this one is taken in.
      reading = slice.nextRow === undefined ? undefined : read(slice.nextRow);
      this.#rows.add(slice.rows, slice.documentKeys);
      await this.#add(slice.rows, slice.vectors);
    }
    this.#changes++;
  }
}
