// Sentence borders by the rules of Unicode: for the commonest scripts by our own pass, else by Intl.Segmenter. That one
// takes time by the square of its input (1.2 MB in one go took 50 s), so it sees one paragraph at a time, and of a long
// paragraph one window.

import { knownSentenceEnds } from "./sentence-rules.js";
import type { TextRange } from "./text-builder.js";

// A fixed language: the borders must not depend on the machine's.
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

// Lines of hard-wrapped prose are at least this long, and the next one begins like running text.
const wrappedLine = 45;
const runningText = /^[\p{L}\p{N}("'“‘«]/u;
const listItem = /^(?:\d{1,9}|\p{L})[.)]\s/u;
const tableRow = " | ";

// The rules take every full stop before a capital for an end: "e.g. CSS", "Dr. Smith", "J. Doe".
const abbreviation =
  /(?:^|[\s(["“])(?:e\.g|i\.e|cf|vs|viz|approx|resp|al|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Fig|Figs|Eq|Sec|Ch|Vol|\p{Lu})\.$/u;

const windowCharacters = 1024;
const longestSentence = 32 * windowCharacters;

/** The sentences of `text` in order, without the white space around them. Paragraphs, list items and table rows end them too. */
export function sentences(text: string): TextRange[] {
  const found: TextRange[] = [];
  addSentences(text, 0, text.length, found);
  return found;
}

/** Adds the sentences of `text.slice(start, end)`, which begins and ends between lines, to `found`. */
export function addSentences(text: string, start: number, end: number, found: TextRange[]): void {
  for (let position = start; position < end; ) {
    const lineEnd = endOfLine(text, position, end);
    let runEnd = lineEnd;
    let lastStart = position;
    while (runEnd < end && isWrapped(text, lastStart, runEnd, end)) {
      lastStart = runEnd + 1;
      runEnd = endOfLine(text, lastStart, end);
    }
    addRun(text, position, runEnd, runEnd > lineEnd, found);
    position = runEnd + 1;
  }
}

function endOfLine(text: string, start: number, end: number): number {
  const found = text.indexOf("\n", start);
  return found < 0 || found > end ? end : found;
}

/** Whether the line before `lineEnd` goes on in the next one: hard-wrapped prose, as e-mails and RFCs have it. */
function isWrapped(text: string, lineStart: number, lineEnd: number, end: number): boolean {
  if (lineEnd - lineStart < wrappedLine) return false;
  const next = text.slice(lineEnd + 1, Math.min(lineEnd + 13, end));
  if (!runningText.test(next) || listItem.test(next)) return false;
  return !text.slice(lineStart, Math.min(lineEnd, lineStart + 200)).includes(tableRow);
}

function addRun(text: string, start: number, end: number, wrapped: boolean, found: TextRange[]): void {
  const ends = knownSentenceEnds(text, start, end);
  if (!ends) {
    addSegments(text, start, end, wrapped, found);
    return;
  }
  let from = start;
  for (const to of ends) {
    addSentence(text, from, to, start, found);
    from = to;
  }
}

function addSegments(text: string, start: number, end: number, wrapped: boolean, found: TextRange[]): void {
  let window = windowCharacters;
  for (let position = start; position < end; ) {
    const stop = Math.min(position + window, end);
    const slice = text.slice(position, stop);
    const source = wrapped ? slice.replaceAll("\n", " ") : slice;
    let last = 0;
    for (const { index, segment } of segmenter.segment(source)) {
      const isLast = index + segment.length === source.length;
      // The end of a window is no border; the sentence there is read again with what follows it.
      if (isLast && stop < end && (index > 0 || window < longestSentence)) break;
      addSentence(text, position + index, position + index + segment.length, start, found);
      last = index + segment.length;
    }
    window = last === 0 ? 2 * window : windowCharacters;
    position += last;
  }
}

/** Adds the sentence; `from` is where its paragraph begins, before which nothing is joined to it. */
function addSentence(text: string, start: number, end: number, from: number, found: TextRange[]): void {
  const trimmed = trim(text, start, end);
  if (!trimmed) return;
  const last = found.at(-1);
  const joins =
    last && last.start >= from && abbreviation.test(text.slice(Math.max(last.end - 9, last.start), last.end));
  if (joins) last.end = trimmed.end;
  else found.push(trimmed);
}

/** The range without white space at its ends; undefined where nothing else is in it. `text` is normalised. */
export function trim(text: string, start: number, end: number): TextRange | undefined {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return from < to ? { start: from, end: to } : undefined;
}

/** Whether a character code is white space in normalised text. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9;
}
