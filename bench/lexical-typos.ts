// What typo tolerance costs where queries are spelled well, and gains where each long word of theirs has a typo.

import { Analyser, type ImpactIndex, type QueryTerm, readingsOf } from "../src/lexical/index.js";
import { queryTerms } from "../src/retrieval/query-terms.js";
import { mulberry32 } from "./corpus.js";
import { DEPTH, indexOf, lexicalCollections } from "./lexical-collections.js";

/** Of what a word is read as: what the word itself would count. 0: words that nothing has are left alone. */
const weights = [0, 0.25, 0.5, 0.75, 1];

export async function compareTypos(): Promise<void> {
  const columns = weights.map((weight) => `weight ${weight}`).join(" | ");
  console.log(`nDCG@10\n\n| collection, queries | ${columns} |\n|---|${weights.map(() => "---|").join("")}`);
  const analyser = new Analyser();
  for await (const { name, collection, passages, judge } of lexicalCollections()) {
    const index = indexOf(analyser, passages);
    const misspelt = misspell(collection.queries.map(({ text }) => text));
    for (const [kind, spelled] of [
      ["as they are", (query: string) => query],
      ["misspelt", (query: string) => misspelt.get(query)!],
    ] as const) {
      const found = weights.map((weight) => {
        const rank = (query: string) => index.search(read(index, analyser, spelled(query), weight), { k: DEPTH }).rows;
        return judge(rank).means["ndcg@10"]!;
      });
      console.log(`| ${name}, ${kind} | ${found.map((value) => value.toFixed(4)).join(" | ")} |`);
    }
  }
}

function read(index: ImpactIndex, analyser: Analyser, query: string, weight: number): QueryTerm[] {
  return queryTerms(analyser, query).flatMap((asked) => {
    if (weight === 0 || asked.weight < 1 || index.documentFrequency(asked.term) > 0) return asked;
    const terms = new Set(readingsOf(asked.word, index.vocabulary()).map(({ term }) => term));
    return terms.size === 0 ? asked : Array.from(terms, (term) => ({ term, weight: asked.weight * weight }));
  });
}

/** One edit in each word of four letters or more: two letters change places, or one is another, one more or one less. */
function misspell(queries: readonly string[]): Map<string, string> {
  const random = mulberry32(8);
  const below = (count: number) => Math.floor(random() * count);
  const typo = (word: string) => {
    const at = 1 + below(word.length - 2);
    const letter = String.fromCharCode(97 + below(26));
    const [head, tail] = [word.slice(0, at), word.slice(at)];
    switch (below(4)) {
      case 0:
        return `${head}${tail[1]}${tail[0]}${tail.slice(2)}`;
      case 1:
        return `${head}${letter}${tail.slice(1)}`;
      case 2:
        return `${head}${letter}${tail}`;
      default:
        return `${head}${tail.slice(1)}`;
    }
  };
  return new Map(queries.map((query) => [query, query.replace(/\p{L}{4,}/gu, typo)]));
}
