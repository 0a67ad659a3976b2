// What each UTF-16 unit is to the scanner of words: one byte a unit, so that its loop is a table look-up.
//
// Words are what FTS5's unicode61 takes for words (letters, numbers, private use), and combining marks that follow them.
// Soft hyphens and zero-width joiners do not end a word; they are gone once it is folded.

export const SEPARATOR = 0;
export const WORD = 1;
/** Belongs to the word before it. */
export const MARK = 2;
/** Stays inside a token where a word character follows: node.js, snake_case, user's, 1,000, non-linear. */
export const JOINER = 3;
/** Half of a code point beyond the basic plane. */
export const SURROGATE = 4;

/** The joiners; what each makes of the words around it is decided in word-forms.ts. */
export const joiners = "._'’,-‐‑";

const wordCharacters = /[\p{L}\p{N}\p{Co}]+/gu;
const markCharacters = /(?:\p{M}|\u00ad|\u200c|\u200d|\u2060)+/gu;
const wordCharacter = /^[\p{L}\p{N}\p{Co}]$/u;
const markCharacter = /^\p{M}$/u;

/** The class of every UTF-16 unit. */
export function characterClasses(): Uint8Array {
  const classes = new Uint8Array(65_536);
  let all = "";
  for (let from = 0; from < 65_536; from += 4096) {
    all += String.fromCharCode(...Array.from({ length: 4096 }, (_, i) => from + i));
  }
  for (const { 0: run, index } of all.matchAll(wordCharacters)) classes.fill(WORD, index, index + run.length);
  for (const { 0: run, index } of all.matchAll(markCharacters)) classes.fill(MARK, index, index + run.length);
  // A high surrogate that stands before a low one would have been read as one code point.
  classes.fill(SURROGATE, 0xd800, 0xe000);
  for (const joiner of joiners) classes[joiner.charCodeAt(0)] = JOINER;
  return classes;
}

/** The class of a pair of surrogates. */
export function classOfPair(high: number, low: number): number {
  const character = String.fromCharCode(high, low);
  if (wordCharacter.test(character)) return WORD;
  return markCharacter.test(character) ? MARK : SEPARATOR;
}
