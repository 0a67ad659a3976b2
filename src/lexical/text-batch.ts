// Texts -> a batch of term frequencies.

import { LodestoneError } from "../errors.js";
import type { Analyser } from "./analyser.js";
import { versionDigest } from "./sections.js";
import { checkRow, invert, MAX_VALUE, type TermBatch } from "./term-batch.js";
import { withCapacity } from "./with-capacity.js";

/** Collects the texts of a range of rows. Between the first text and `finish` it holds the analyser's memory. */
export class TextBatch {
  readonly #analyser: Analyser;
  readonly #firstRow: number;
  #rowCount = 0;
  #present = new Uint32Array(8);
  #lengths = new Uint16Array(256);
  #ends = new Uint32Array(256);
  #size = 0;
  #postingTerms = new Uint32Array(1 << 14);
  #values = new Uint16Array(1 << 14);
  // By the analyser's number of a term: one more than the place of its posting in the current row, if that is not before
  // the row's start.
  #places = new Uint32Array(1 << 14);
  // By the analyser's number of a word.
  #occurrences = new Uint32Array(1 << 14);

  constructor(analyser: Analyser, firstRow: number) {
    checkRow(firstRow);
    this.#analyser = analyser;
    this.#firstRow = firstRow;
    analyser.hold();
  }

  /** One more than the last row. */
  get endRow(): number {
    return this.#firstRow + this.#rowCount;
  }

  /**
   * Takes the text of a row, which comes after all that were given; rows that are passed over are not there. Default: the
   * next one. Returns how many words the text counts.
   */
  add(text: string, row = this.endRow): number {
    if (row < this.endRow) throw new LodestoneError("INVALID_INPUT", `Row ${row} comes before row ${this.endRow}.`);
    checkRow(row);
    this.#passOver(row - this.endRow);
    return this.#add(text);
  }

  #add(text: string): number {
    const analyser = this.#analyser;
    const tokens = analyser.scan(text);
    const { tokenIds, formStarts, countedEnds, forms, wordTerms } = analyser;
    const row = this.#rowCount++;
    this.#occurrences = withCapacity(this.#occurrences, analyser.wordCount);
    this.#places = withCapacity(this.#places, analyser.termCount);
    const occurrences = this.#occurrences;
    const places = this.#places;
    const rowStart = this.#size;
    let size = rowStart;
    let length = 0;
    for (let i = 0; i < tokens; i++) {
      const token = tokenIds[i]!;
      const start = formStarts[token]!;
      const end = formStarts[token + 1]!;
      length += countedEnds[token]! - start;
      if (size + end - start > this.#postingTerms.length) this.#grow(size + end - start);
      for (let form = start; form < end; form++) {
        const word = forms[form]!;
        occurrences[word]!++;
        const term = wordTerms[word]!;
        const place = places[term]!;
        if (place > rowStart) {
          if (this.#values[place - 1]! < MAX_VALUE) this.#values[place - 1]!++;
        } else {
          this.#postingTerms[size] = term;
          this.#values[size++] = 1;
          places[term] = size;
        }
      }
    }
    this.#size = size;
    this.#reserve(row + 1);
    this.#present[row >>> 5]! |= 1 << (row & 31);
    this.#lengths[row] = Math.min(MAX_VALUE, length);
    this.#ends[row] = size;
    return this.#lengths[row]!;
  }

  /** The batch. Nothing can be added afterwards. */
  finish(): TermBatch {
    const analyser = this.#analyser;
    const places = this.#places;
    const occurrences = this.#occurrences;
    const terms = analyser.sortedTerms((term) => places[term]! > 0);
    const words = analyser.sortedWords((word) => occurrences[word]! > 0);
    const placeOf = new Uint32Array(places.length);
    for (let place = 0; place < terms.length; place++) placeOf[terms[place]!] = place;
    const postingTerms = this.#postingTerms.subarray(0, this.#size);
    for (let i = 0; i < postingTerms.length; i++) postingTerms[i] = placeOf[postingTerms[i]!]!;
    const ends = this.#ends.subarray(0, this.#rowCount);
    const batch: TermBatch = {
      kind: "frequencies",
      version: versionDigest(analyser.version),
      firstRow: this.#firstRow,
      rowCount: this.#rowCount,
      present: this.#present.slice(0, Math.ceil(this.#rowCount / 32)),
      lengths: this.#lengths.slice(0, this.#rowCount),
      terms: Array.from(terms, (term) => analyser.termOf(term)),
      ...invert({ ends, terms: postingTerms, values: this.#values }, terms.length),
      words: Array.from(words, (word) => analyser.wordOf(word)),
      wordTerms: words.map((word) => placeOf[analyser.wordTerms[word]!]!),
      wordOccurrences: words.map((word) => occurrences[word]!),
    };
    analyser.release();
    return batch;
  }

  #passOver(rows: number): void {
    this.#reserve(this.#rowCount + rows);
    this.#ends.fill(this.#size, this.#rowCount, this.#rowCount + rows);
    this.#rowCount += rows;
  }

  #reserve(rows: number): void {
    this.#present = withCapacity(this.#present, Math.ceil(rows / 32));
    this.#lengths = withCapacity(this.#lengths, rows);
    this.#ends = withCapacity(this.#ends, rows);
  }

  #grow(needed: number): void {
    this.#postingTerms = withCapacity(this.#postingTerms, needed);
    this.#values = withCapacity(this.#values, needed);
  }
}
