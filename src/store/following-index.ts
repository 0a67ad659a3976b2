// An inverted index of one generation in memory, in step with every commit. It is made of what the database has of each row:
// new rows are taken in when it follows a commit, in slices between which others have their turn; a search is answered when all
// that was committed before it is in.

import { setImmediate as turn } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import {
  finished,
  ImpactIndex,
  type ImpactIndexOptions,
  type SegmentStatus,
  type TermBatch,
} from "../lexical/index.js";
import type { LexicalRows } from "./lexical-rows.js";

/** What was kept of an index. */
export type SavedLexical = {
  segments: Uint8Array[];
  /** The first row that it knows nothing of. */
  nextRow: number;
  /** Whether rows went whose words may still be in it. */
  hasGoneWords: boolean;
};

/** Rows on their way into the index. */
export type RowBatch<Content> = {
  /** One more than the last row. */
  readonly endRow: number;
  /** Takes a row, which comes after all that were given; rows that are passed over are not there. */
  add(content: Content, row: number): void;
  finish(): TermBatch;
};

/** What an index is made of. */
export type IndexSource<Content> = {
  index: ImpactIndexOptions;
  /** The first `limit` live rows from row `from` on. */
  read(from: number, limit: number): { row: number; content: Content }[];
  batch(firstRow: number): RowBatch<Content>;
};

/** Of the rows of a generation: which there are. */
export type FollowedRows = Pick<LexicalRows, "atOnce" | "version" | "extent" | "deadRows" | "liveRows">;

// Rows are read until so much time has passed, so many between two looks at the clock: what a row takes is the texts' and the
// encoder's to say.
const SLICE_MS = 5;
const READ_ROWS = 32;
// Of so many rows at a time a segment is made: for 256 each, all of it takes half as long again.
const SEGMENT_ROWS = 1024;
// So few are made one in the transaction that reads them, so that commits that keep coming do not put off the end.
const FEW_ROWS = 64;
// Gaps that a vacuum leaves lie in a segment as rows that are not there; larger ones begin another.
const LARGEST_GAP = 4096;

export class FollowingIndex<Content> {
  readonly #rows: FollowedRows;
  readonly #source: IndexSource<Content>;
  #index: ImpactIndex;
  /** Rows below are in the index, or went. */
  #nextRow: number;
  /** Rows that were read and are not in the index yet. */
  #batch: { content: RowBatch<Content>; rows: number } | undefined;
  /** Whether they have to be in it before more is read. */
  #isFull = false;
  #readRow: number;
  #version: number | undefined;
  #following: Promise<void> = Promise.resolve();
  #hasGoneWords: boolean;
  #isFresh: boolean;
  #isClosed = false;

  /**
   * Throws INDEX_DAMAGED or MODEL_VERSION_MISMATCH for what was saved of something else. `saved` must be of the same
   * generation.
   */
  constructor(rows: FollowedRows, source: IndexSource<Content>, saved?: SavedLexical) {
    this.#rows = rows;
    this.#source = source;
    this.#index = new ImpactIndex(source.index);
    for (const segment of saved?.segments ?? []) this.#index.addSegment(segment);
    this.#nextRow = saved?.nextRow ?? 0;
    this.#readRow = this.#nextRow;
    this.#hasGoneWords = saved?.hasGoneWords ?? false;
    this.#isFresh = saved === undefined;
  }

  /** As it stands; another one after it had to be made anew. */
  protected get index(): ImpactIndex {
    return this.#index;
  }

  /** The first row that was not looked at yet. */
  get nextRow(): number {
    return this.#nextRow;
  }

  /** Whether rows went whose words may still be in it: as frequent, or at all. */
  get hasGoneWords(): boolean {
    return this.#hasGoneWords;
  }

  /** Whether it was made of the texts alone. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  get liveRows(): number {
    return this.#index.statistics.rows;
  }

  get segments(): SegmentStatus[] {
    return this.#index.segments;
  }

  segmentBytes(firstRow: number): Uint8Array {
    return this.#index.segmentBytes(firstRow);
  }

  /** Merges segments for about so long; whether there is more to do. */
  maintain(budgetMs: number): boolean {
    return this.#index.maintain(budgetMs);
  }

  /**
   * Takes in all that was committed up to now. One look after the other: none goes on before the first has all. `onSlice`
   * is told how far it is. Throws CLOSED, or what the database throws.
   */
  follow(onSlice?: (nextRow: number) => void): Promise<void> {
    this.#following = this.#following.catch(() => undefined).then(() => this.#look(onSlice));
    return this.#following;
  }

  /** Ends what is under way. */
  close(): void {
    this.#isClosed = true;
  }

  async #look(onSlice?: (nextRow: number) => void): Promise<void> {
    for (let isDone = false; !isDone; ) {
      if (this.#isClosed) throw new LodestoneError("CLOSED", "The lexical index is closed.");
      if (this.#rows.version() === this.#version) return;
      if (this.#isFull) for (const work = this.#finishBatch(); !work.next().done; ) await turn();
      isDone = this.#takeSlice();
      onSlice?.(this.#readRow);
      if (!isDone) await turn();
    }
  }

  /** Takes in some new rows, and with the last of them, out of the same state of the library, those that went. */
  #takeSlice(): boolean {
    return this.#rows.atOnce(() => {
      const version = this.#rows.version();
      const extent = this.#rows.extent();
      if (extent) {
        if (!this.#readRows()) return false;
        finished(this.#finishBatch());
        this.#readRow = extent.nextRow;
        this.#nextRow = extent.nextRow;
        if (!this.#forget(extent.liveRows)) return false;
      }
      this.#version = version;
      return true;
    });
  }

  /** Whether all rows are read, and few enough wait to go into the index at once. */
  #readRows(): boolean {
    const until = performance.now() + SLICE_MS;
    for (;;) {
      const found = this.#source.read(this.#readRow, READ_ROWS);
      for (const { row, content } of found) if (!this.#read(row, content)) return false;
      if (found.length < READ_ROWS) break;
      if (performance.now() > until) return false;
    }
    this.#isFull = (this.#batch?.rows ?? 0) > FEW_ROWS;
    return !this.#isFull;
  }

  /** Whether there was room for the row. */
  #read(row: number, content: Content): boolean {
    this.#batch ??= { content: this.#source.batch(row), rows: 0 };
    const batch = this.#batch;
    this.#isFull = batch.rows === SEGMENT_ROWS || row - batch.content.endRow > LARGEST_GAP;
    if (this.#isFull) return false;
    batch.content.add(content, row);
    batch.rows++;
    this.#readRow = row + 1;
    return true;
  }

  /** Puts the rows that were read into the index, in slices. */
  *#finishBatch(): Generator<undefined, void> {
    if (!this.#batch) return;
    const batch = this.#batch.content.finish();
    this.#batch = undefined;
    yield;
    yield* this.#index.adding(batch);
    this.#isFull = false;
    this.#nextRow = this.#readRow;
  }

  /** Takes out rows that went; false where the index has to be made anew, which is begun. */
  #forget(liveRows: number): boolean {
    // Every live row is in by now: where there are as many as ought to be, none went.
    const isRight = () => this.liveRows === liveRows;
    if (isRight()) return true;
    this.#hasGoneWords = true;
    this.#index.remove(this.#rows.deadRows());
    if (isRight()) return true;
    // Some went and were vacuumed since.
    const living = this.#rows.liveRows();
    this.#index.remove(missingFrom(living, this.#nextRow));
    if (isRight() || this.#isFresh) return true;
    // What was saved lacks rows: it was of another state of this library than the one that is here now.
    this.#index = new ImpactIndex(this.#source.index);
    this.#nextRow = 0;
    this.#readRow = 0;
    this.#isFresh = true;
    this.#hasGoneWords = false;
    return false;
  }
}

/** The numbers below `end` that are not among `rows`, which ascend. */
function* missingFrom(rows: readonly number[], end: number): Generator<number> {
  let next = 0;
  for (const row of rows) {
    for (; next < row; next++) yield next;
    next = row + 1;
  }
  for (; next < end; next++) yield next;
}
