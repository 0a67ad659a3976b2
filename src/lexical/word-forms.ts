// The words that a token stands for. A token is what the scanner cuts out of a text: a word, or words with joiners
// between them. Its parts are words as FTS5 would have them; they count for the length of a text. What FTS5 loses is
// added without counting, so that plain words score as they would without it:
//
//   node.js    -> node js          + node.js         snake_case -> snake case        + snake_case
//   C++ C#     -> c                + c++, c#         .NET       -> net               + .net
//   U.S.       -> u s              + us              1,000      -> 1 000             + 1000
//   non-linear -> non linear       + nonlinear       getName    -> getname           + get name
//   user's     -> user s                             検索語     -> 検索 索語   (scripts without spaces: pairs, as
//                                                                               Lucene's CJKBigramFilter has them)

import { joiners } from "./character-classes.js";
import { foldWord } from "./fold-word.js";

/** A word in its folded, unstemmed spelling. */
export type WordForm = {
  word: string;
  /** Whether it counts for the length of a text. */
  counted: boolean;
  /** What an occurrence in a query counts; in a text each counts 1. */
  queryWeight: number;
};

// nDCG@10 with non-linear found by "nonlinear", mean of four collections: .5423, without .5399. In queries, where the
// parts say it already, the joined word at weight 0 gives .5423, at 0.25 .5421, at 1 .5393: just enough to find the
// other spelling.
const OTHER_SPELLING_WEIGHT = 0.25;

const PARTS = new RegExp(`[${joiners.replace("-", "\\-")}]`, "u");
const APOSTROPHE = /['’]/;
const ACRONYM = /^\p{Lu}(?:\.\p{Lu})+$/u;
// i.e., e.g., a.m.
const ABBREVIATION = /^\p{Ll}(?:\.\p{Ll})+$/u;
const GROUPED_NUMBER = /^\p{Nd}{1,3}(?:,\p{Nd}{3})+(?:\.\p{Nd}+)?$/u;
const HYPHENS = /[-‐‑]/gu;
const HYPHENATED = /^(?=.*\p{L})[\p{L}\p{N}\p{M}]+(?:[-‐‑][\p{L}\p{N}\p{M}]+){1,2}$/u;
const SUFFIX = /(?:\+\+|#)$/;
const SYMBOLS = /([._+#]+)/u;
// An identifier begins small or has three pieces, and one of its later pieces is a capitalised word. Names and formulas
// (PubMed, miRNA, kappaB) stay whole: splitting them too lowers nDCG@10 of SciFact by .001.
const CAMEL_BORDER = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const CAPITALISED = /^\p{Lu}\p{Ll}{2,}$/u;
const BEGINS_SMALL = /^\p{Ll}{2}/u;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const LATIN_RANGE = /^[\0-\u02ff]*$/;

// Of longer chains (addresses, listings) the whole says little that its parts do not.
const MAX_PARTS = 6;
const MAX_WHOLE_LENGTH = 64;

/** The words of a token, those that count first. */
export function wordForms(token: string): WordForm[] {
  const suffix = SUFFIX.exec(token)?.[0] ?? "";
  const parts = token
    .slice(0, token.length - suffix.length)
    .split(PARTS)
    .filter((part) => part !== "");
  const counted = parts.flatMap(wordsOfPart);
  const extra = new Map(parts.flatMap(camelPieces).map((word) => [word, OTHER_SPELLING_WEIGHT]));
  const whole = wholeOf(token, parts.length, suffix);
  if (whole) extra.set(whole.word, whole.queryWeight);
  return [
    ...counted.map((word) => ({ word, counted: true, queryWeight: 1 })),
    ...Array.from(extra, ([word, queryWeight]) => ({ word, counted: false, queryWeight })).filter(
      ({ word }) => !counted.includes(word),
    ),
  ];
}

/** Whether a word is a whole with symbols in it, which no stemmer knows how to treat. */
export function isCompound(word: string): boolean {
  return SYMBOLS.test(word);
}

function wordsOfPart(part: string): string[] {
  const folded = foldWord(part);
  if (folded === "") return [];
  if (LATIN_RANGE.test(folded)) return [folded];
  const words: string[] = [];
  let at = 0;
  for (const { 0: run, index } of folded.matchAll(UNSPACED)) {
    if (index > at) words.push(folded.slice(at, index));
    words.push(...pairsOf(run));
    at = index + run.length;
  }
  if (at < folded.length) words.push(folded.slice(at));
  return words;
}

function pairsOf(run: string): string[] {
  const characters = [...run];
  if (characters.length < 3) return [run];
  return characters.slice(1).map((character, i) => `${characters[i]}${character}`);
}

function camelPieces(part: string): string[] {
  const pieces = part.split(CAMEL_BORDER);
  const isIdentifier = BEGINS_SMALL.test(part) || pieces.length > 2;
  if (!isIdentifier || !pieces.slice(1).some((piece) => CAPITALISED.test(piece))) return [];
  return pieces.map(foldWord).filter((word) => word.length > 1);
}

function wholeOf(token: string, parts: number, suffix: string): { word: string; queryWeight: number } | undefined {
  if (parts > MAX_PARTS || token.length > MAX_WHOLE_LENGTH) return undefined;
  if (APOSTROPHE.test(token) || ABBREVIATION.test(token)) return undefined;
  if (HYPHENATED.test(token)) {
    return { word: foldWord(token.replace(HYPHENS, "")), queryWeight: OTHER_SPELLING_WEIGHT };
  }
  if (ACRONYM.test(token)) return { word: foldWord(token.replaceAll(".", "")), queryWeight: 1 };
  if (GROUPED_NUMBER.test(token)) return { word: token.replaceAll(",", ""), queryWeight: 1 };
  const isWhole = parts > 1 || suffix !== "" || token.startsWith(".");
  if (!isWhole || /[-‐‑,]/u.test(token)) return undefined;
  const pieces = token.split(SYMBOLS).map((piece, i) => (i % 2 === 1 ? piece : foldWord(piece)));
  return { word: pieces.join(""), queryWeight: 1 };
}
