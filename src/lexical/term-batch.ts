// A range of rows as an inverted list of (row, value) for each term: what segments are made from.

import { LodestoneError } from "../errors.js";

/** What the values of an index are, and so how it scores. */
export type ValueKind = "frequencies" | "impacts";

export type TermBatch = {
  kind: ValueKind;
  /** Digest (versionDigest) of the version of the analyser or encoder that made the terms. */
  version: string;
  firstRow: number;
  /** Rows of the range, those among them that are not there included. */
  rowCount: number;
  /** Rows that are there: bit i of word i / 32 for row firstRow + i. */
  present: Uint32Array;
  /** Counted words of each row; empty for impacts. */
  lengths: Uint16Array;
  /** By code point, ascending. */
  terms: readonly string[];
  /** Postings of term t: [termStarts[t], termStarts[t + 1]) of `rows` and `values`. */
  termStarts: Uint32Array;
  /** Row - firstRow, ascending within a term. */
  rows: Uint32Array;
  /** Frequency, or quantised weight; 1 and above. */
  values: Uint16Array;
  /** Words in their folded spelling, by code point, ascending: what people type. */
  words: readonly string[];
  /** Index of each word's term. */
  wordTerms: Uint32Array;
  /** How often each word occurs in the batch. */
  wordOccurrences: Uint32Array;
};

/** Frequencies and lengths are kept in 16 bits. */
export const MAX_VALUE = 65_535;

/** Rows above this would not fit the signed arithmetic of the search. */
export const MAX_ROWS = 2 ** 31 - 2;

/** Throws INVALID_INPUT for a row number outside of what an index can hold. */
export function checkRow(row: number): void {
  if (Number.isInteger(row) && row >= 0 && row <= MAX_ROWS) return;
  throw new LodestoneError("INVALID_INPUT", `A row is a whole number from 0 to ${MAX_ROWS}; found ${row}.`, {
    detail: { row },
  });
}

/** Postings in row order -> postings in term order. `ends[r]` closes row r in `terms` and `values`. */
export function invert(
  postings: { ends: Uint32Array; terms: Uint32Array; values: Uint16Array },
  termCount: number,
): Pick<TermBatch, "termStarts" | "rows" | "values"> {
  const { ends, terms } = postings;
  const total = ends.at(-1) ?? 0;
  const termStarts = new Uint32Array(termCount + 1);
  for (let i = 0; i < total; i++) termStarts[terms[i]! + 1]!++;
  for (let term = 0; term < termCount; term++) termStarts[term + 1]! += termStarts[term]!;
  const next = termStarts.slice();
  const rows = new Uint32Array(total);
  const values = new Uint16Array(total);
  let i = 0;
  for (let row = 0; row < ends.length; row++) {
    for (const end = ends[row]!; i < end; i++) {
      const at = next[terms[i]!]!++;
      rows[at] = row;
      values[at] = postings.values[i]!;
    }
  }
  return { termStarts, rows, values };
}
