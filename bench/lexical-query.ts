// A query as the impact index takes it: its words without stop words, each with what it counts. The same rules as
// retrieval/query-terms.ts, on the analyser's tokens instead of on words cut out before.

import type { Analyser, QueryTerm } from "../src/lexical/index.js";
import { isStopWord } from "../src/retrieval/stop-words.js";

const MAX_WORDS = 64;
const MAX_COUNT = 4;
const CONTRACTION = /['’](?:s|t|d|m|ll|re|ve)$/iu;
const NEGATION = /['’]t$/iu;

export function lexicalQuery(analyser: Analyser, query: string): QueryTerm[] {
  const terms = countTerms(analyser, query, false);
  return terms.length > 0 ? terms : countTerms(analyser, query, true);
}

function countTerms(analyser: Analyser, query: string, withStopWords: boolean): QueryTerm[] {
  const hasSmallLetters = /\p{Ll}/u.test(query);
  const words = new Map<string, QueryTerm & { count: number }>();
  for (const token of analyser.tokens(query)) {
    if (!withStopWords && NEGATION.test(token.text)) continue;
    const isCapitals = hasSmallLetters && token.text.length > 1 && token.text === token.text.toUpperCase();
    const kept = CONTRACTION.test(token.text) ? token.words.slice(0, 1) : token.words;
    for (const { word, term, queryWeight } of kept) {
      if (!withStopWords && isStopWord(word) && !isCapitals) continue;
      const known = words.get(word) ?? { term, weight: 0, count: 0 };
      if (known.count === MAX_COUNT || (known.count === 0 && words.size === MAX_WORDS)) continue;
      known.count++;
      known.weight += queryWeight;
      words.set(word, known);
    }
  }
  return Array.from(words.values(), ({ term, weight }) => ({ term, weight }));
}
