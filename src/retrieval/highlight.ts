// The snippet of a hit: the passage of its chunk where the query's words stand closest together, with the words marked.

import { findMatches, type WordMatch } from "./word-match.js";

export type Snippet = {
  /** One line; "…" stands where text was cut off. */
  text: string;
  /** [start, end) in `text`, ascending, without overlap; each is a whole word. */
  highlights: [number, number][];
};

export type SnippetOptions = {
  /** Most UTF-16 units of the chunk to show. Default 240. */
  maxLength?: number;
  /** How much a stem tells, for instance its idf; above 0. Default: the root of its length, for rare words tend to be long. */
  weightOf?: (stem: string) => number;
};

type Span = { start: number; end: number };

const DEFAULT_LENGTH = 240;
// A word said again in the same passage tells little more, but enough to break a tie.
const REPETITION = 0.1;

/** The best passage of `text` for `words` (as `queryTerms` gives them); the beginning where none of them occurs. */
export function snippetOf(text: string, words: readonly string[], options: SnippetOptions = {}): Snippet {
  const { maxLength = DEFAULT_LENGTH, weightOf = (stem) => Math.sqrt(stem.length) } = options;
  const matches = findMatches(text, words);
  const span = widen(text, densest(matches, maxLength, weightOf), maxLength);
  return render(text, span, matches);
}

// The run of matches within `maxLength` whose distinct stems weigh most; of equal ones the first.
function densest(matches: readonly WordMatch[], maxLength: number, weightOf: (stem: string) => number): Span {
  const weights = new Map(matches.map(({ stem }) => [stem, weightOf(stem)]));
  const counts = new Map<string, number>();
  let best: Span = { start: 0, end: 0 };
  let bestWeight = 0;
  let weight = 0;
  let first = 0;
  for (const match of matches) {
    const seen = counts.get(match.stem) ?? 0;
    counts.set(match.stem, seen + 1);
    weight += weights.get(match.stem)! * (seen === 0 ? 1 : REPETITION);
    for (; match.end - matches[first]!.start > maxLength && matches[first] !== match; first++) {
      const { stem } = matches[first]!;
      const left = counts.get(stem)! - 1;
      counts.set(stem, left);
      weight -= weights.get(stem)! * (left === 0 ? 1 : REPETITION);
    }
    // The margin absorbs what adding and subtracting the same weights leaves over.
    if (weight > bestWeight * (1 + 1e-9)) {
      bestWeight = weight;
      best = { start: matches[first]!.start, end: match.end };
    }
  }
  return best;
}

// Grows a span to about `maxLength`: from the beginning of its sentence where that fits, whole words at both ends.
function widen(text: string, span: Span, maxLength: number): Span {
  if (text.length <= maxLength) return { start: 0, end: text.length };
  const spare = Math.max(0, maxLength - (span.end - span.start));
  const sentence = sentenceStart(text, span.start, spare);
  const lead = sentence === undefined ? Math.floor(spare / 3) : span.start - sentence;
  let start = wordStart(text, Math.max(0, Math.min(span.start - lead, text.length - maxLength)), span.start);
  while (isSpace(text, start)) start++;
  const end = Math.min(text.length, start + maxLength);
  // To spare a word at the end at most half of the room is given up.
  return { start, end: wordEnd(text, end, Math.max(start + Math.ceil(maxLength / 2), Math.min(span.end, end))) };
}

// Where the sentence around `position` begins, if that is at most `reach` before it.
function sentenceStart(text: string, position: number, reach: number): number | undefined {
  const from = Math.max(0, position - reach);
  let start = from === 0 ? 0 : undefined;
  for (const { 0: border, index } of text.slice(from, position).matchAll(/[.!?]["'”’)\]]*\s+|\n\s*/g)) {
    start = from + index + border.length;
  }
  return start;
}

// A cut may move this far to spare a word; text without spaces is cut where it stands.
const MAX_SHIFT = 40;

// The first start of a word at or after `position`, at most `latest`.
function wordStart(text: string, position: number, latest: number): number {
  if (position === 0 || isSpace(text, position - 1)) return position;
  for (let i = position; i < Math.min(latest, position + MAX_SHIFT); i++) if (isSpace(text, i)) return i + 1;
  return latest - position <= MAX_SHIFT ? latest : onCodePoint(text, position);
}

// The last end of a word at or before `position`, at least `earliest`.
function wordEnd(text: string, position: number, earliest: number): number {
  if (position === text.length || isSpace(text, position)) return position;
  for (let i = position; i > Math.max(earliest, position - MAX_SHIFT); i--) if (isSpace(text, i - 1)) return i - 1;
  return onCodePoint(text, position);
}

function isSpace(text: string, index: number): boolean {
  return /\s/.test(text.charAt(index));
}

// Steps back from the middle of a surrogate pair.
function onCodePoint(text: string, index: number): number {
  return index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff ? index - 1 : index;
}

// Puts the span on one line: each run of white space becomes one space, and offsets of matches follow.
function render(text: string, span: Span, matches: readonly WordMatch[]): Snippet {
  const highlights: [number, number][] = [];
  const inside = matches.filter(({ start, end }) => start >= span.start && end <= span.end);
  let line = text.slice(0, span.start).trim() === "" ? "" : "…";
  let separator = "";
  let next = 0;
  for (const { 0: run, index } of text.slice(span.start, span.end).matchAll(/\S+/g)) {
    line += separator;
    separator = " ";
    const runStart = span.start + index;
    const shift = line.length - runStart;
    for (; next < inside.length && inside[next]!.end <= runStart + run.length; next++) {
      highlights.push([inside[next]!.start + shift, inside[next]!.end + shift]);
    }
    line += run;
  }
  return { text: text.slice(span.end).trim() === "" ? line : `${line}…`, highlights };
}
