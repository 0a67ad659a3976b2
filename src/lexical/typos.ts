// Typo tolerance: a word that nothing has is read as the words that are spelled nearly like it.

import type { SimilarWord, Vocabulary } from "./vocabulary.js";

// Damerau's distance, as most engines bound it: short words have too many neighbours that mean something else.
const SHORTEST_ONE_EDIT = 4;
const SHORTEST_TWO_EDITS = 8;
const LONGEST = 30;
const MAX_READINGS = 3;

// Numbers, names of versions and formulas have neighbours without end, and none of them is what was meant.
const ONLY_LETTERS = /^[\p{L}\p{M}]+$/u;

function mayBeMisspelt(word: string): boolean {
  return word.length >= SHORTEST_ONE_EDIT && word.length <= LONGEST && ONLY_LETTERS.test(word);
}

/**
 * What a word may have been meant for: the nearest words of the vocabulary, one edit away or, of long words, two; at most
 * three, the most frequent first. Only those whose term `accepts` accepts.
 */
export function readingsOf(
  word: string,
  vocabulary: Vocabulary,
  accepts: (term: string) => boolean = () => true,
): SimilarWord[] {
  if (!mayBeMisspelt(word)) return [];
  const distance = word.length >= SHORTEST_TWO_EDITS ? 2 : 1;
  const isNearest = ({ distance: found }: SimilarWord, _: number, [first]: SimilarWord[]) => found === first?.distance;
  return vocabulary.similarTo(word, { distance, limit: MAX_READINGS, accepts }).filter(isNearest);
}
