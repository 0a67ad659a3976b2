// Pseudo-relevance feedback: what the best passages of a first search have in common says what a second one looks for.
// Arithmetic only; feedback-stage.ts gets the passages and searches again.

import { z } from "zod";
import { isStopWord } from "./stop-words.js";
import { stemOf } from "./word-match.js";

export const feedbackMethods = ["rocchio", "rm3", "both"] as const;

export const feedbackSchema = z.strictObject({
  method: z.enum(feedbackMethods),
  /** Passages that the query's vector moves to. Default 3. */
  passages: z.int().min(1).max(20).optional(),
  /** Length of the move, the query's own vector being 1. Default 0.75. */
  weight: z.number().min(0).max(4).optional(),
  /** Passages that words are taken from. Default 10. */
  wordPassages: z.int().min(1).max(20).optional(),
  /** Words that are added at most. Default 10. */
  words: z.int().min(1).max(50).optional(),
  /** Share of the query's own words in the weights of all, 0..1. Default 0.85. */
  ownShare: z.number().min(0).max(1).optional(),
});

export type FeedbackSettings = {
  method: (typeof feedbackMethods)[number];
  passages: number;
  weight: number;
  wordPassages: number;
  words: number;
  ownShare: number;
};

/** The middle of what was measured: any of 1 to 5 passages with a weight of 0.25 to 1.5 is better than none. */
export const DEFAULT_FEEDBACK: FeedbackSettings = {
  method: "rocchio",
  passages: 3,
  weight: 0.75,
  wordPassages: 10,
  words: 10,
  ownShare: 0.85,
};

/**
 * The query's vector moved to the centroid of passages, of unit length again:
 *
 *     q' = q / |q| + weight * c / |c|,   c = sum of the passages' vectors
 *
 * Rocchio 1971, without the part for passages that are not relevant. Vectors of passages may be shorter than the query's: what is
 * beyond them is left out of the result.
 */
export function moveQuery(query: Float32Array, passages: readonly Float32Array[], weight: number): Float32Array {
  const width = passages[0]?.length ?? query.length;
  const centroid = new Float64Array(width);
  for (const passage of passages) for (let i = 0; i < width; i++) centroid[i]! += passage[i]!;
  const own = query.subarray(0, width);
  const ownScale = scaleOf(own);
  const centroidScale = weight * scaleOf(centroid);
  const moved = Float64Array.from(own, (x, i) => x * ownScale + centroid[i]! * centroidScale);
  const scale = scaleOf(moved);
  const result = new Float32Array(query.length);
  for (let i = 0; i < width; i++) result[i] = moved[i]! * scale;
  return result;
}

function scaleOf(vector: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! ** 2;
  return sum === 0 ? 0 : 1 / Math.sqrt(sum);
}

/** A word that passages have in common. `share`: how much of the passages it makes up, damped; all words give 1 or less. */
export type CandidateWord = { word: string; passages: number; share: number };

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
// BM25's k1: the tenth occurrence tells little that the first did not.
const SATURATION = 1.2;

/**
 * The words of passages under one spelling for each stem, those of two or more passages only (of one passage: all), without stop
 * words and single characters. Heaviest first, at most `limit`.
 */
export function commonWords(passages: readonly string[], limit: number): CandidateWord[] {
  const known = new Map<string, { word: string; passages: number; weight: number }>();
  for (const passage of passages) {
    const counts = new Map<string, { word: string; count: number }>();
    for (const [match] of passage.matchAll(WORD)) {
      const word = match.toLowerCase();
      if (word.length < 2 || isStopWord(word)) continue;
      const stem = stemOf(word);
      const entry = counts.get(stem);
      if (entry) entry.count++;
      else counts.set(stem, { word, count: 1 });
    }
    for (const [stem, { word, count }] of counts) {
      const entry = known.get(stem) ?? { word, passages: 0, weight: 0 };
      entry.passages++;
      entry.weight += count / (count + SATURATION);
      known.set(stem, entry);
    }
  }
  const least = Math.min(2, passages.length);
  const words = [...known.values()].filter((entry) => entry.passages >= least);
  const total = words.reduce((sum, { weight }) => sum + weight, 0);
  return words
    .map((entry) => ({ word: entry.word, passages: entry.passages, share: entry.weight / total }))
    .sort((a, b) => b.share - a.share || (a.word < b.word ? -1 : 1))
    .slice(0, limit);
}

// A word of more passages than this share of the library tells nothing of a query.
const COMMON_SHARE = 0.1;

/**
 * RM3 (Abdul-Jaleel et al., TREC 2004): the query's words and those that passages have in common, in the proportion of
 * `ownShare`; all weights together are what the query's were. The words are chosen by share * idf, weighted by share.
 *
 * @param frequencies - for each of `candidates` how many of the library's `rows` passages have it
 */
export function expandTerms<T extends { word: string; weight: number }, C extends CandidateWord>(
  terms: readonly T[],
  candidates: readonly C[],
  { rows, frequencies }: { rows: number; frequencies: ArrayLike<number> },
  { words, ownShare }: Pick<FeedbackSettings, "words" | "ownShare">,
): { own: T[]; further: (C & { weight: number })[]; added: string[] } {
  const idf = (frequency: number) => Math.log(1 + (rows - frequency + 0.5) / (frequency + 0.5));
  const chosen = candidates
    .map((candidate, i) => ({ candidate, frequency: frequencies[i]! }))
    .filter(({ frequency }) => frequency > 0 && frequency <= rows * COMMON_SHARE)
    .sort(
      ({ candidate: a, frequency: ofA }, { candidate: b, frequency: ofB }) =>
        b.share * idf(ofB) - a.share * idf(ofA) || (a.word < b.word ? -1 : 1),
    )
    .slice(0, words)
    .map(({ candidate }) => candidate);
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  if (shares === 0) return { own: [...terms], further: [], added: [] };
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  const stems = new Set(terms.map(({ word }) => stemOf(word)));
  return {
    own: terms.map((term) => ({ ...term, weight: term.weight * ownShare })),
    further: chosen.map((candidate) => ({
      ...candidate,
      weight: ((1 - ownShare) * total * candidate.share) / shares,
    })),
    added: chosen.map(({ word }) => word).filter((word) => !stems.has(stemOf(word))),
  };
}
