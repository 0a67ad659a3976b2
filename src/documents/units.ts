// The pieces that chunks are made of: sentences, heading lines and code blocks, each within the token budget. What is
// over the budget is split at lines, then at words, then at characters. Each piece is counted once, when it is made.

import { LodestoneError } from "../errors.js";
import { addSentences, isSpace, trim } from "./sentences.js";
import type { Heading, TextRange } from "./text-builder.js";

/** `fragment`: part of a line too long for the budget. `tokens` counts the unit's own text. */
export type Unit = TextRange & { tokens: number; kind: "sentence" | "heading" | "code" | "line" | "fragment" };
export type ChunkSource = { text: string; headings: readonly Heading[]; codeBlocks: readonly TextRange[] };
export type CountTokens = (text: string) => number;

// Text with more characters to a token than this is not text (encoded data): it is split without being counted first.
const charactersPerToken = 32;

/** All text of `source` but white space, as units in order. A sentence after headings leaves room for them. */
export function splitUnits(source: ChunkSource, maxTokens: number, countTokens: CountTokens): Unit[] {
  const { text } = source;
  const splitter = new Splitter(text, maxTokens, countTokens);
  const marks = [
    ...source.headings.map(({ start }) => ({ start, end: endOfLine(text, start), kind: "heading" as const })),
    ...source.codeBlocks.map(({ start, end }) => ({ start, end, kind: "code" as const })),
  ].sort((a, b) => a.start - b.start);
  let position = 0;
  for (const { start, end, kind } of marks) {
    splitter.addProse(position, start);
    splitter.add(Math.max(start, position), end, kind);
    position = Math.max(position, end);
  }
  splitter.addProse(position, text.length);
  return splitter.units;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

class Splitter {
  readonly units: Unit[] = [];
  readonly #text: string;
  readonly #maxTokens: number;
  readonly #countTokens: CountTokens;
  /** Tokens of the headings just passed: their first sentence must fit beside them. */
  #headingTokens = 0;

  constructor(text: string, maxTokens: number, countTokens: CountTokens) {
    this.#text = text;
    this.#maxTokens = maxTokens;
    this.#countTokens = countTokens;
  }

  addProse(start: number, end: number): void {
    const ranges: TextRange[] = [];
    addSentences(this.#text, start, end, ranges);
    for (const range of ranges) this.add(range.start, range.end, "sentence");
  }

  add(start: number, end: number, kind: "sentence" | "heading" | "code"): void {
    if (start >= end) return;
    // Code stays whole even where its heading has to stand apart from it; headings of half a chunk get no consideration.
    const room = kind === "sentence" && 2 * this.#headingTokens <= this.#maxTokens ? this.#headingTokens : 0;
    const tokens = this.#push(start, end, kind, this.#maxTokens - room);
    this.#headingTokens = kind === "heading" ? this.#headingTokens + tokens : 0;
  }

  /** Adds the range as one unit if it fits `limit`, else its parts. Answers the tokens of the whole, at most the budget. */
  #push(start: number, end: number, kind: Unit["kind"], limit: number): number {
    const tokens = this.#count(start, end);
    if (tokens <= limit) this.units.push({ start, end, tokens, kind });
    else if (!this.#splitLines(start, end, kind)) this.#splitWords(start, end);
    return Math.min(tokens, this.#maxTokens);
  }

  #count(start: number, end: number): number {
    if (end - start > this.#maxTokens * charactersPerToken) return Number.POSITIVE_INFINITY;
    return this.#countTokens(this.#text.slice(start, end));
  }

  #splitLines(start: number, end: number, kind: Unit["kind"]): boolean {
    let lineEnd = endOfLine(this.#text, start);
    if (kind === "line" || lineEnd >= end) return false;
    for (let from = start; from < end; ) {
      const line = trim(this.#text, from, Math.min(lineEnd, end));
      if (line) this.#push(line.start, line.end, "line", this.#maxTokens);
      from = lineEnd + 1;
      lineEnd = endOfLine(this.#text, from);
    }
    return true;
  }

  #splitWords(start: number, end: number): void {
    for (let from = start; from < end; ) {
      let to = from;
      while (to < end && !isSpace(this.#text.charCodeAt(to))) to++;
      if (to > from) {
        const tokens = this.#count(from, to);
        if (tokens <= this.#maxTokens) this.units.push({ start: from, end: to, tokens, kind: "fragment" });
        else this.#splitCharacters(from, to, tokens);
      }
      from = to + 1;
    }
  }

  #splitCharacters(start: number, end: number, tokens: number): void {
    const longest = this.#maxTokens * charactersPerToken;
    let size = Number.isFinite(tokens) ? Math.floor(((end - start) * this.#maxTokens) / tokens) : longest;
    for (let position = start; position < end; ) {
      size = Math.min(Math.max(size, 1), longest);
      const to = characterBorder(this.#text, position, Math.min(position + size, end));
      const counted = this.#countTokens(this.#text.slice(position, to));
      if (counted <= this.#maxTokens) {
        this.units.push({ start: position, end: to, tokens: counted, kind: "fragment" });
        position = to;
      } else if (characterBorder(this.#text, position, position + 1) >= to) {
        throw new LodestoneError(
          "INVALID_INPUT",
          `One character takes ${counted} tokens, and a chunk may have ${this.#maxTokens}. Raise maxTokens.`,
        );
      } else size = Math.floor((to - position) * Math.min(0.9, this.#maxTokens / counted));
    }
  }
}

/** `end`, or one less or more where it lies within a surrogate pair; always past `start`. */
function characterBorder(text: string, start: number, end: number): number {
  const inPair = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(end) & 0xfc00) === 0xdc00;
  if (!inPair) return end;
  return end - 1 > start ? end - 1 : end + 1;
}
