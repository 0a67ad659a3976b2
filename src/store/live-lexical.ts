// The lexical index of one generation in memory, in step with every commit. It is made of the texts in the database: new
// rows are analysed when it follows a commit, in slices between which others have their turn; a search is answered when all
// that was committed before it is in.

import { setImmediate as turn } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import {
  type Analyser,
  foldWord,
  ImpactIndex,
  type LexicalHits,
  readingsOf,
  type SegmentStatus,
  TextBatch,
} from "../lexical/index.js";
import type { LexicalRows } from "./lexical-rows.js";

/** A word of a query: as it was typed (folded), what the index knows it as, and what it counts. */
export type LexicalTerm = { word: string; term: string; weight: number };

export type LexicalRequest = {
  terms: readonly LexicalTerm[];
  limit: number;
  /** Bitmap of the rows that may be found, bit i of word i / 32; default: all. */
  allow?: Uint32Array | undefined;
  /** Bitmap of the rows whose words may be read from the answer: a tenant's own. Default: all. */
  scope?: Uint32Array | undefined;
  /** Whether words that no row has are read as similar ones. */
  typos: boolean;
};

/** What a word that no row has was read as. */
export type Correction = { word: string; read: string[] };

export type LexicalAnswer = LexicalHits & { corrections: Correction[] };

/** `frequencies`: of `rows` live rows, how many have each term; in the order of the terms that were asked for. */
export type TermFrequencies = { rows: number; frequencies: Uint32Array<ArrayBuffer> };

/** What was kept of an index. */
export type SavedLexical = {
  segments: Uint8Array[];
  /** The first row that it knows nothing of. */
  nextRow: number;
  /** Whether rows went whose words may still be in it. */
  hasGoneWords: boolean;
};

// Under 10 ms on one core, database included.
const SLICE_ROWS = 256;
// Of so many rows at a time a segment is made, in 20 ms: for 256 each, all of it takes half as long again.
const SEGMENT_ROWS = 1024;
// Gaps that a vacuum leaves lie in a segment as rows that are not there; larger ones begin another.
const LARGEST_GAP = 4096;
/** Of what a word is read as: what the word itself would count. Measured: npm run bench:lexical -- --typos */
const READING_WEIGHT = 0.5;
/** Each takes a walk through all words; a pasted page in another language has none but such. */
const MAX_CORRECTED = 8;
/** Rows of a tenant that are read to see a word in its own texts. */
const READ_FOR_OWN_WORD = 4;
const COMPOUND = /[^\p{L}\p{M}\p{N}]|\p{Ll}\p{Lu}|[^\p{ASCII}]/u;

export class LiveLexical {
  readonly #rows: LexicalRows;
  readonly #analyser: Analyser;
  #index: ImpactIndex;
  /** Rows below are in the index, or went. */
  #nextRow: number;
  /** Rows that were read and are not in the index yet. */
  #batch: { texts: TextBatch; rows: number } | undefined;
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
  constructor(rows: LexicalRows, analyser: Analyser, saved?: SavedLexical) {
    this.#rows = rows;
    this.#analyser = analyser;
    this.#index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
    for (const segment of saved?.segments ?? []) this.#index.addSegment(segment);
    this.#nextRow = saved?.nextRow ?? 0;
    this.#readRow = this.#nextRow;
    this.#hasGoneWords = saved?.hasGoneWords ?? false;
    this.#isFresh = saved === undefined;
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

  async search(request: LexicalRequest): Promise<LexicalAnswer> {
    await this.follow();
    const { limit, allow } = request;
    const { terms, corrections } = this.#corrected(request);
    return { ...this.#index.search(terms, { k: limit, allow }), corrections };
  }

  /** In how many of the live rows each term occurs. */
  async frequencies(terms: readonly string[]): Promise<TermFrequencies> {
    await this.follow();
    const frequencies = Uint32Array.from(terms, (term) => this.#index.documentFrequency(term));
    return { rows: this.liveRows, frequencies };
  }

  /** Words that begin with `prefix`, the most frequent first. */
  async suggest(prefix: string, limit: number, scope: Uint32Array | undefined): Promise<string[]> {
    await this.follow();
    const found = this.#index.vocabulary().startingWith(prefix, { limit, accepts: this.#acceptsFrom(scope) });
    return this.#ownWords(found, scope);
  }

  #corrected({ terms, scope, typos }: LexicalRequest) {
    if (!typos) return { terms, corrections: [] };
    const accepts = this.#acceptsFrom(scope);
    const asked: { term: string; weight: number }[] = [];
    const corrections: Correction[] = [];
    for (const { word, term, weight } of terms) {
      // A joined spelling (weight below 1) is a guess itself.
      const isDoubtful = weight >= 1 && corrections.length < MAX_CORRECTED && !accepts(term);
      const readings = isDoubtful ? readingsOf(word, this.#index.vocabulary(), accepts) : [];
      const read = this.#ownWords(readings, scope);
      if (read.length === 0) asked.push({ term, weight });
      else {
        corrections.push({ word, read });
        const terms = new Set(read.map((each) => this.#termOf(each)));
        for (const term of terms) asked.push({ term, weight: weight * READING_WEIGHT });
      }
    }
    return { terms: asked, corrections };
  }

  #termOf(word: string): string {
    return this.#analyser.terms(word)[0] ?? word;
  }

  /** Whether a row of the scope has a term. */
  #acceptsFrom(scope: Uint32Array | undefined): (term: string) => boolean {
    if (!scope) return (term) => this.#index.documentFrequency(term) > 0;
    return (term) => this.#index.rowsOf(term, { limit: 1, allow: scope }).length > 0;
  }

  /**
   * Words as they stand in texts of the scope. The vocabulary is that of all tenants: another one's inflection of the same
   * word is none of this one's business.
   */
  #ownWords(found: readonly { word: string; term: string }[], scope: Uint32Array | undefined): string[] {
    if (!scope) return found.map(({ word }) => word);
    return found
      .filter(({ word, term }) =>
        this.#index.rowsOf(term, { limit: READ_FOR_OWN_WORD, allow: scope }).some((row) => this.#hasWord(row, word)),
      )
      .map(({ word }) => word);
  }

  #hasWord(row: number, word: string): boolean {
    return this.#analyser.spans(this.#rows.passage(row) ?? "").some(({ text }) => {
      if (foldWord(text) === word) return true;
      // Only compounds stand for other words than themselves.
      return COMPOUND.test(text) && this.#analyser.wordsOf(text).some((form) => form.word === word);
    });
  }

  async #look(onSlice?: (nextRow: number) => void): Promise<void> {
    for (let isDone = false; !isDone; ) {
      if (this.#isClosed) throw new LodestoneError("CLOSED", "The lexical index is closed.");
      if (this.#rows.version() === this.#version) return;
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
        const passages = this.#rows.passages(this.#readRow, SLICE_ROWS);
        for (const { row, passage } of passages) this.#read(row, passage);
        if (passages.length === SLICE_ROWS) return false;
        this.#finishBatch();
        this.#readRow = extent.nextRow;
        this.#nextRow = extent.nextRow;
        if (!this.#forget(extent.liveRows)) return false;
      }
      this.#version = version;
      return true;
    });
  }

  #read(row: number, passage: string): void {
    if (this.#batch && (this.#batch.rows === SEGMENT_ROWS || row - this.#batch.texts.endRow > LARGEST_GAP)) {
      this.#finishBatch();
    }
    this.#batch ??= { texts: new TextBatch(this.#analyser, row), rows: 0 };
    this.#batch.texts.add(passage, row);
    this.#batch.rows++;
    this.#readRow = row + 1;
  }

  #finishBatch(): void {
    if (!this.#batch) return;
    this.#index.add(this.#batch.texts.finish());
    this.#batch = undefined;
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
    this.#index = new ImpactIndex({ kind: "frequencies", version: this.#analyser.version });
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
