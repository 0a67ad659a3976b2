// Weighted terms of the shape that SPLADE models give, made of real words without a model: for figures of the index, not of quality.
//
// A term is the rank of a word's stem in the paragraphs, folded into a vocabulary of 30,522. A text has its own terms, the hundred
// most frequent ones left out, and neighbours of each: terms that hang on it alone, drawn log-uniformly over the ranks, as
// expansions are, with 0.2 to 0.7 of its weight. So document frequencies fall like Zipf's, and passages of 150 words get
// 100 to 250 terms.

import { Analyser } from "../src/lexical/index.js";

/** Of one text: terms, the heaviest first, each once, and their weights. */
export type WeightedText = { terms: Uint32Array; weights: Float32Array };

export const VOCABULARY = 30_522;
export const LARGEST_WEIGHT = 3;

const STOP_RANKS = 100;
const PASSAGE = { neighbours: 3, mostTerms: 250 };
const QUERY = { neighbours: 8, mostTerms: 60 };

export type TextWeigher = {
  passage(text: string): WeightedText;
  /** 20 to 60 terms for 8 words. */
  query(text: string): WeightedText;
  /** As of a model without inference for queries: a query's own terms. */
  plainQuery(text: string): WeightedText;
};

export function openTextWeigher(paragraphs: readonly string[]): TextWeigher {
  const analyser = new Analyser();
  const counts = new Map<string, number>();
  for (const paragraph of paragraphs) {
    for (const term of analyser.terms(paragraph)) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  const rankOf = new Map(byCount.map(([term], rank) => [term, rank]));
  const total = byCount.reduce((sum, [, count]) => sum + count, 0);

  function own(text: string): Map<number, number> {
    const found = new Map<number, number>();
    for (const term of analyser.terms(text)) {
      const rank = rankOf.get(term) ?? VOCABULARY;
      if (rank < STOP_RANKS) continue;
      const rarity = Math.log(total / (counts.get(term) ?? 1)) / Math.log(total);
      const id = rank < VOCABULARY ? rank : hash(rank) % VOCABULARY;
      found.set(id, Math.min(LARGEST_WEIGHT, (found.get(id) ?? 0.5) + rarity));
    }
    return found;
  }

  function expanded(text: string, { neighbours, mostTerms }: typeof PASSAGE): WeightedText {
    const terms = own(text);
    for (const [id, weight] of [...terms]) {
      for (let n = 1; n <= neighbours; n++) {
        const drawn = hash(id * 16 + n);
        const neighbour = Math.floor(VOCABULARY ** ((drawn >>> 8) / 2 ** 24));
        const share = 0.2 + 0.5 * ((drawn & 255) / 255);
        terms.set(neighbour, Math.max(terms.get(neighbour) ?? 0, share * weight));
      }
    }
    return heaviest(terms, mostTerms);
  }

  return {
    passage: (text) => expanded(text, PASSAGE),
    query: (text) => expanded(text, QUERY),
    plainQuery: (text) => heaviest(own(text), QUERY.mostTerms),
  };
}

function heaviest(weightOf: ReadonlyMap<number, number>, count: number): WeightedText {
  const kept = [...weightOf].sort(([, a], [, b]) => b - a).slice(0, count);
  return {
    terms: Uint32Array.from(kept, ([term]) => term),
    weights: Float32Array.from(kept, ([, weight]) => weight),
  };
}

/** 32 bits that look random (the finaliser of MurmurHash3). */
function hash(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
