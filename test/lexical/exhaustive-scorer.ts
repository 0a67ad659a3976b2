// The oracle: rows as plain maps, every one of them scored for every query, the sums rounded as the index rounds them.

import type { QueryTerm } from "../../src/lexical/index.js";

export type Row = {
  /** Counted words; unused for impacts. */
  length: number;
  /** Frequency, or weight as it is stored. */
  values: ReadonlyMap<string, number>;
};

export type Scorer = (
  rows: ReadonlyMap<number, Row>,
  terms: readonly QueryTerm[],
) => { weight: number; part(row: Row): number }[];

/** BM25 as its formula has it. */
export const bm25: Scorer = (rows, terms) => {
  let words = 0;
  for (const { length } of rows.values()) words += length;
  const average = words === 0 ? 1 : words / rows.size;
  return merged(terms).flatMap(({ term, weight }) => {
    let frequency = 0;
    for (const { values } of rows.values()) if (values.has(term)) frequency++;
    if (frequency === 0) return [];
    const idf = Math.log(1 + (rows.size - frequency + 0.5) / (frequency + 0.5));
    const full = weight * idf * (1.2 + 1);
    const part = ({ length, values }: Row) => {
      const tf = values.get(term) ?? 0;
      return tf === 0 ? 0 : (full * tf) / (tf + Math.fround(1.2 * (1 - 0.75 + (0.75 * length) / average)));
    };
    return [{ weight: full, part }];
  });
};

/** The dot product with weights of so much for each unit. */
export function dotProduct(step: number): Scorer {
  return (_, terms) =>
    merged(terms).map(({ term, weight }) => ({
      weight: weight * step,
      part: ({ values }) => weight * step * (values.get(term) ?? 0),
    }));
}

export function rankAll(
  rows: ReadonlyMap<number, Row>,
  terms: readonly QueryTerm[],
  scorer: Scorer,
  { k, allows }: { k: number; allows: (row: number) => boolean },
): { rows: number[]; scores: number[] } {
  const clauses = scorer(rows, terms).sort((a, b) => b.weight - a.weight);
  const scored: { row: number; score: number }[] = [];
  for (const [number, row] of rows) {
    if (!allows(number)) continue;
    let score = 0;
    for (const { part } of clauses) score = Math.fround(score + part(row));
    if (score > 0) scored.push({ row: number, score });
  }
  scored.sort((a, b) => b.score - a.score || a.row - b.row);
  const best = scored.slice(0, k);
  return { rows: best.map(({ row }) => row), scores: best.map(({ score }) => score) };
}

function merged(terms: readonly QueryTerm[]): QueryTerm[] {
  const weights = new Map<string, number>();
  for (const { term, weight } of terms) weights.set(term, (weights.get(term) ?? 0) + weight);
  return Array.from(weights, ([term, weight]) => ({ term, weight }));
}
