// The pieces that chunks are made of: sentences, heading lines and code blocks, each within the token budget. What is
// over the budget is split at lines, then at words, then at characters. Each piece is counted once, when it is made.

import { LodestoneError } from "../errors.js";
import { addSentences, trim } from "./sentences.js";
import type { Heading, TextRange } from "./text-builder.js";

/** `fragment`: part of a line too long for the budget. `tokens` counts the unit's own text. */
export type Unit = TextRange & { tokens: number; kind: "sentence" | "heading" | "code" | "line" | "fragment" };
export type ChunkSource = { text: string; headings: readonly Heading[]; codeBlocks: readonly TextRange[] };
export type CountTokens = (text: string) => number;

// Text with more characters to a token than this is not text (encoded data): it is split without being counted first.
const charactersPerToken = 32;

/** All text of `source` but white space, as units in order. A sentence after headings leaves room for them. */
export function splitUnits(source: ChunkSource, maxTokens: number, countTokens: CountTokens): Unit[] {
  const splitter = new Splitter(source.text, maxTokens, countTokens);
  const marks = [
    ...source.headings.map(({ start }) => ({ start, end: endOfLine(source.text, start), kind: "heading" as const })),
    ...source.codeBlocks.map(({ start, end }) => ({ start, end, kind: "code" as const })),
  ].sort((a, b) => a.start - b.start);
  let position = 0;
  for (const { start, end, kind } of marks) {
    splitter.addProse(position, start);
    splitter.add({ start: Math.max(start, position), end }, kind);
    position = Math.max(position, end);
  }
  splitter.addProse(position, source.text.length);
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
    for (const range of ranges) this.add(range, "sentence");
  }

  add(range: TextRange, kind: "sentence" | "heading" | "code"): void {
    const trimmed = kind === "code" ? range : trim(this.#text, range.start, range.end);
    if (!trimmed || trimmed.start >= trimmed.end) return;
    // Code stays whole even where its heading has to stand apart from it; headings of half a chunk get no consideration.
    const room = kind === "sentence" && 2 * this.#headingTokens <= this.#maxTokens ? this.#headingTokens : 0;
    const tokens = this.#push(trimmed, kind, this.#maxTokens - room);
    this.#headingTokens = kind === "heading" ? this.#headingTokens + tokens : 0;
  }

  /** Adds the range as one unit if it fits `limit`, else its parts. Answers the tokens of the whole unit, or the budget. */
  #push(range: TextRange, kind: Unit["kind"], limit: number): number {
    const tokens = this.#count(range);
    if (tokens <= limit) this.units.push({ ...range, tokens, kind });
    else if (this.#splitLines(range, kind)) return this.#maxTokens;
    else if (!this.#splitWords(range)) this.#splitCharacters(range, tokens);
    return Math.min(tokens, this.#maxTokens);
  }

  #count({ start, end }: TextRange): number {
    if (end - start > this.#maxTokens * charactersPerToken) return Number.POSITIVE_INFINITY;
    return this.#countTokens(this.#text.slice(start, end));
  }

  #splitLines({ start, end }: TextRange, kind: Unit["kind"]): boolean {
    let position = endOfLine(this.#text, start);
    if (kind === "line" || position >= end) return false;
    for (let from = start; from < end; ) {
      const line = trim(this.#text, from, Math.min(position, end));
      if (line) this.#push(line, "line", this.#maxTokens);
      from = position + 1;
      position = endOfLine(this.#text, from);
    }
    return true;
  }

  #splitWords({ start, end }: TextRange): boolean {
    const words = this.#text.slice(start, end).matchAll(/\S+/g);
    let first = true;
    for (const { index, 0: word } of words) {
      if (first && word.length === end - start) return false;
      first = false;
      const range = { start: start + index, end: start + index + word.length };
      const tokens = this.#count(range);
      if (tokens <= this.#maxTokens) this.units.push({ ...range, tokens, kind: "fragment" });
      else this.#splitCharacters(range, tokens);
    }
    return true;
  }

  #splitCharacters({ start, end }: TextRange, tokens: number): void {
    const longest = this.#maxTokens * charactersPerToken;
    let size = Number.isFinite(tokens) ? Math.floor(((end - start) * this.#maxTokens) / tokens) : longest;
    for (let position = start; position < end; ) {
      let piece: Unit | undefined;
      for (size = Math.min(Math.max(size, 1), longest); piece === undefined; ) {
        const to = characterBorder(this.#text, position, Math.min(position + size, end));
        const counted = this.#countTokens(this.#text.slice(position, to));
        if (counted <= this.#maxTokens) piece = { start: position, end: to, tokens: counted, kind: "fragment" };
        else if (to - position <= 2 && characterBorder(this.#text, position, position + 1) === to) {
          throw new LodestoneError(
            "INVALID_INPUT",
            `One character takes ${counted} tokens, and a chunk may have ${this.#maxTokens}. Raise maxTokens.`,
          );
        } else size = Math.max(1, Math.floor(Math.min(size, to - position) * Math.min(0.9, this.#maxTokens / counted)));
      }
      this.units.push(piece);
      position = piece.end;
    }
  }
}

/** `end`, or one less or more where it lies within a surrogate pair; always past `start`. */
function characterBorder(text: string, start: number, end: number): number {
  const inPair = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(end) & 0xfc00) === 0xdc00;
  if (!inPair) return end;
  return end - 1 > start ? end - 1 : end + 1;
}
