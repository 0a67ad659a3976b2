// Which words of a text match the words of a query: same Porter stem, diacritics folded, case ignored, as the index does.

import { stemmer } from "stemmer";

export type WordMatch = { start: number; end: number; stem: string };

const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;
// Porter's rules are quadratic in places; no word that long has a meaningful suffix.
const MAX_STEMMED_LENGTH = 64;

/** The form under which two spellings of a word are the same. */
export function stemOf(word: string): string {
  const folded = foldWord(word);
  return folded.length > MAX_STEMMED_LENGTH ? folded : stemmer(folded);
}

/** The words of `text` that match one of `words`, in order; offsets are UTF-16 units. */
export function findMatches(text: string, words: readonly string[]): WordMatch[] {
  const stems = new Set(words.flatMap((word) => word.match(WORD) ?? []).map(stemOf));
  // No rule of Porter's changes a word's first letter, so that most words need no stemming.
  const initials = new Set(Array.from(stems, (stem) => stem[0]));
  const known = new Map<string, string>();
  const matches: WordMatch[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const folded = foldWord(word);
    if (!initials.has(folded[0])) continue;
    let stem = known.get(folded);
    if (stem === undefined) {
      stem = stemOf(folded);
      known.set(folded, stem);
    }
    if (stems.has(stem)) matches.push({ start: index, end: index + word.length, stem });
  }
  return matches;
}

function foldWord(word: string): string {
  const lower = word.toLowerCase();
  return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize("NFD").replace(/\p{Mn}+/gu, "");
}
