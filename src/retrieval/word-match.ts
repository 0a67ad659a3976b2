// Which words of a text match the words of a query: same folding and same stem as in the lexical index.

import { englishStemmer, foldWord, wordForms } from "../lexical/index.js";

export type WordMatch = { start: number; end: number; stem: string };

const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*/gu;
// Words of scripts without spaces are looked for inside of what stands between two spaces.
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const CAMEL = /\p{Ll}\p{Lu}/u;
const HYPHEN = /[-‐‑]/u;

/** The form under which two spellings of a word are the same. */
export function stemOf(word: string): string {
  return englishStemmer.stem(foldWord(word));
}

/** The words of `text` that match one of `words`, in order; offsets are UTF-16 units. */
export function findMatches(text: string, words: readonly string[]): WordMatch[] {
  const pieces = words.flatMap((word) => word.match(WORD) ?? []);
  const stems = new Set(pieces.map(stemOf));
  const unspaced = pieces.filter((word) => UNSPACED.test(word)).map(foldWord);
  // No rule of Porter's changes a word's first letter, so that most words need no stemming.
  const initials = new Set(Array.from(stems, (stem) => stem[0]));
  const known = new Map<string, string>();
  const stemOfFolded = (folded: string): string => {
    let stem = known.get(folded);
    if (stem === undefined) {
      stem = englishStemmer.stem(folded);
      known.set(folded, stem);
    }
    return stem;
  };
  const matches: WordMatch[] = [];
  let before: { folded: string; start: number; end: number } | undefined;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const folded = foldWord(word);
    const end = index + word.length;
    const joined = before && index === before.end + 1 && HYPHEN.test(text[before.end]!) ? before : undefined;
    before = { folded, start: index, end };
    if (unspaced.length > 0 && folded.length === word.length && UNSPACED.test(folded)) {
      matches.push(...matchesInside(folded, unspaced, index));
      continue;
    }
    if (joined && initials.has(joined.folded[0]) && stems.has(stemOfFolded(joined.folded + folded))) {
      // The two words of a hyphenated one, which the query has as one.
      if (matches.at(-1)?.start === joined.start) matches.pop();
      matches.push({ start: joined.start, end, stem: stemOfFolded(joined.folded + folded) });
      continue;
    }
    const stem = initials.has(folded[0]) ? stemOfFolded(folded) : "";
    if (stems.has(stem)) matches.push({ start: index, end, stem });
    else if (CAMEL.test(word)) {
      // An identifier, of which the query has a piece.
      const piece = wordForms(word).find((form) => stems.has(stemOfFolded(form.word)));
      if (piece) matches.push({ start: index, end, stem: stemOfFolded(piece.word) });
    }
  }
  return matches;
}

/** Where words stand in a run of a script without spaces; what overlaps becomes one. */
function matchesInside(run: string, words: readonly string[], start: number): WordMatch[] {
  const found: WordMatch[] = [];
  for (let at = 0; at < run.length; at++) {
    for (const word of words) {
      if (!run.startsWith(word, at)) continue;
      const last = found.at(-1);
      const end = start + at + word.length;
      if (last && last.end >= start + at) last.end = Math.max(last.end, end);
      else found.push({ start: start + at, end, stem: word });
    }
  }
  return found;
}
