// The lexical index of one generation, made of its texts: search, and what the words of a query are read as.

import { type Analyser, foldWord, type LexicalHits, readingsOf, TextBatch } from "../lexical/index.js";
import { FollowingIndex, type SavedLexical } from "./following-index.js";
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

/** Of what a word is read as: what the word itself would count. Measured: npm run bench:lexical -- --typos */
const READING_WEIGHT = 0.5;
/** Each takes a walk through all words; a pasted page in another language has none but such. */
const MAX_CORRECTED = 8;
/** Rows of a tenant that are read to see a word in its own texts. */
const READ_FOR_OWN_WORD = 4;
const COMPOUND = /[^\p{L}\p{M}\p{N}]|\p{Ll}\p{Lu}|[^\p{ASCII}]/u;

export class LiveLexical extends FollowingIndex<string> {
  readonly #rows: LexicalRows;
  readonly #analyser: Analyser;

  /** As of FollowingIndex. */
  constructor(rows: LexicalRows, analyser: Analyser, saved?: SavedLexical) {
    const source = {
      index: { kind: "frequencies" as const, version: analyser.version },
      read: (from: number, limit: number) =>
        rows.passages(from, limit).map(({ row, passage }) => ({ row, content: passage })),
      batch: (firstRow: number) => new TextBatch(analyser, firstRow),
    };
    super(rows, source, saved);
    this.#rows = rows;
    this.#analyser = analyser;
  }

  async search(request: LexicalRequest): Promise<LexicalAnswer> {
    await this.follow();
    const { limit, allow } = request;
    const { terms, corrections } = this.#corrected(request);
    return { ...this.index.search(terms, { k: limit, allow }), corrections };
  }

  /** In how many of the live rows each term occurs. */
  async frequencies(terms: readonly string[]): Promise<TermFrequencies> {
    await this.follow();
    const frequencies = Uint32Array.from(terms, (term) => this.index.documentFrequency(term));
    return { rows: this.liveRows, frequencies };
  }

  /** Words that begin with `prefix`, the most frequent first. */
  async suggest(prefix: string, limit: number, scope: Uint32Array | undefined): Promise<string[]> {
    await this.follow();
    const found = this.index.vocabulary().startingWith(prefix, { limit, accepts: this.#acceptsFrom(scope) });
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
      const readings = isDoubtful ? readingsOf(word, this.index.vocabulary(), accepts) : [];
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
    if (!scope) return (term) => this.index.documentFrequency(term) > 0;
    return (term) => this.index.rowsOf(term, { limit: 1, allow: scope }).length > 0;
  }

  /**
   * Words as they stand in texts of the scope. The vocabulary is that of all tenants: another one's inflection of the same
   * word is none of this one's business.
   */
  #ownWords(found: readonly { word: string; term: string }[], scope: Uint32Array | undefined): string[] {
    if (!scope) return found.map(({ word }) => word);
    return found
      .filter(({ word, term }) =>
        this.index.rowsOf(term, { limit: READ_FOR_OWN_WORD, allow: scope }).some((row) => this.#hasWord(row, word)),
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
}
