// Cuts a document into chunks for the bi-encoder: whole sentences up to a token budget, with some overlap, along headings.
//   A heading starts a new chunk, unless the chunk so far is small: small sections share a chunk with the next one.
//   A heading stands in the chunk of its first sentence, never at the end of the one before.
//   Code is cut only where it is over the budget by itself, a sentence likewise.
//   Overlap is whole sentences, and none reaches back over a heading.

import { createHash } from "node:crypto";
import { LodestoneError } from "../errors.js";
import type { Heading } from "./outline.js";
import { type ChunkSource, type CountTokens, splitUnits, type Unit } from "./units.js";

export type Chunk = {
  /** `${documentId}_${index}_${first 16 hex digits of sha256(text)}` */
  id: string;
  /** From 0, in the order of the text. */
  index: number;
  /** `source.text.slice(start, end) === text` */
  start: number;
  end: number;
  text: string;
  /** `countTokens(text)`, at most `maxTokens`. */
  tokens: number;
  /** Titles of the headings, outermost first, over the chunk's first sentence that is not overlap. */
  headingPath: string[];
};

export type ChunkOptions = {
  /** Budget of a chunk, in tokens of `countTokens`. At least 8. */
  maxTokens: number;
  /** Most tokens repeated from the chunk before. 0 for none; less than `maxTokens`. */
  overlapTokens: number;
  /**
   * Promises that `countTokens(a + space + b) === countTokens(a) + countTokens(b)`: true of tokenizers that split at white
   * space first and whose count leaves out special tokens. Saves counting every chunk again. Default false.
   */
  additive?: boolean;
};

const leastMaxTokens = 8;
// A section under this part of the budget shares a chunk with what follows.
const smallPart = 1 / 4;

/** The chunks of a document, covering all its text but white space. The same input gives the same chunks and ids. */
export function chunkDocument(
  documentId: string,
  source: ChunkSource,
  options: ChunkOptions,
  countTokens: CountTokens,
): Chunk[] {
  checkOptions(options);
  const units = splitUnits(source, options.maxTokens, countTokens);
  const pathAt = headingPaths(source.headings);
  const packer = new Packer(source.text, units, options, countTokens);
  const chunks: Chunk[] = [];
  for (let next = 0; next < units.length; ) {
    const packed = packer.pack(next);
    const { start, end } = rangeOf(units, packed.first, packed.end);
    const text = source.text.slice(start, end);
    const index = chunks.length;
    const headingPath = pathAt(units[anchor(units, next, packed.end)]?.start ?? start);
    chunks.push({
      id: `${documentId}_${index}_${hash(text)}`,
      index,
      start,
      end,
      text,
      tokens: packed.tokens,
      headingPath,
    });
    next = packed.end;
  }
  return chunks;
}

function checkOptions({ maxTokens, overlapTokens }: ChunkOptions): void {
  if (!Number.isInteger(maxTokens) || maxTokens < leastMaxTokens) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `maxTokens must be a whole number of at least ${leastMaxTokens}; found ${maxTokens}.`,
    );
  }
  if (!Number.isInteger(overlapTokens) || overlapTokens < 0 || overlapTokens >= maxTokens) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `overlapTokens must be a whole number from 0 to below maxTokens (${maxTokens}); found ${overlapTokens}.`,
    );
  }
}

/** Units `first` to `end` (exclusive); those before the unit that was asked for are overlap. */
type Packed = { first: number; end: number; tokens: number };

class Packer {
  readonly #text: string;
  readonly #units: readonly Unit[];
  readonly #options: ChunkOptions;
  readonly #countTokens: CountTokens;
  /** First own unit of the chunk before. */
  #previous = 0;
  /** What joining two units adds to the sum of their tokens, as last seen; 0 for additive tokenizers. */
  #joinTokens = 0;

  constructor(text: string, units: readonly Unit[], options: ChunkOptions, countTokens: CountTokens) {
    this.#text = text;
    this.#units = units;
    this.#options = options;
    this.#countTokens = countTokens;
  }

  /** Packs the chunk whose first own unit is `next`. */
  pack(next: number): Packed {
    const { maxTokens } = this.#options;
    let first = this.#overlapFrom(next);
    let sum = this.#sum(first, next);
    while (first < next && sum + this.#cost(next) > maxTokens) sum -= this.#cost(first++);
    let end = next + 1;
    sum += this.#cost(next);
    while (
      end < this.#units.length &&
      sum + this.#cost(end) <= maxTokens &&
      !this.#sectionEnds(first, next, end, sum)
    ) {
      sum += this.#cost(end++);
    }
    end = this.#withoutLastHeadings(next, end);
    const packed = this.#verify(first, next, end);
    this.#previous = next;
    return packed;
  }

  #cost(index: number): number {
    return (this.#units[index]?.tokens ?? 0) + this.#joinTokens;
  }

  #sum(from: number, to: number): number {
    let sum = 0;
    for (let index = from; index < to; index++) sum += this.#cost(index);
    return sum;
  }

  #isHeading(index: number): boolean {
    return this.#units[index]?.kind === "heading";
  }

  #overlapFrom(next: number): number {
    if (this.#isHeading(next)) return next;
    let first = next;
    let sum = 0;
    while (first - 1 > this.#previous) {
      const unit = this.#units[first - 1];
      if (!unit || unit.kind === "heading" || unit.kind === "fragment") break;
      sum += this.#cost(first - 1);
      if (sum > this.#options.overlapTokens) break;
      first--;
    }
    return first;
  }

  /**
   * Whether the heading at `end` closes the chunk, which has `sum` tokens so far. A small rest of a section with overlap
   * stands for itself: with the next section it would carry the wrong heading path.
   */
  #sectionEnds(first: number, next: number, end: number, sum: number): boolean {
    if (!this.#isHeading(end) || this.#isHeading(end - 1)) return false;
    return first < next || sum >= this.#options.maxTokens * smallPart;
  }

  /** Moves headings at the end to the next chunk, if text follows them and something is left. */
  #withoutLastHeadings(next: number, end: number): number {
    if (end >= this.#units.length) return end;
    let kept = end;
    while (kept > next && this.#isHeading(kept - 1)) kept--;
    return kept > next ? kept : end;
  }

  /** Counts the chunk as a whole where the sum is not sure to be its count, and drops units until it fits. */
  #verify(first: number, next: number, end: number): Packed {
    const { additive = false, maxTokens } = this.#options;
    if (additive && !this.#hasSeam(first, end)) return { first, end, tokens: this.#sum(first, end) };
    for (;;) {
      const { start, end: stop } = rangeOf(this.#units, first, end);
      const tokens =
        end - first === 1 ? (this.#units[first]?.tokens ?? 0) : this.#countTokens(this.#text.slice(start, stop));
      if (!additive && end - first > 1) {
        const own = this.#sum(first, end) - (end - first) * this.#joinTokens;
        this.#joinTokens = (tokens - own) / (end - first);
      }
      if (tokens <= maxTokens) return { first, end, tokens };
      let excess = tokens - maxTokens;
      while (end - 1 > next && excess > 0) excess -= this.#units[--end]?.tokens ?? 0;
      end = this.#withoutLastHeadings(next, end);
      while (end - 1 === next && first < next && excess > 0) excess -= this.#units[first++]?.tokens ?? 0;
    }
  }

  /** Whether two units meet without white space, where counts do not add up. */
  #hasSeam(first: number, end: number): boolean {
    for (let index = first + 1; index < end; index++) {
      if (this.#units[index]?.start === this.#units[index - 1]?.end) return true;
    }
    return false;
  }
}

function rangeOf(units: readonly Unit[], first: number, end: number): { start: number; end: number } {
  return { start: units[first]?.start ?? 0, end: units[end - 1]?.end ?? 0 };
}

/** The first own unit that is not a heading, or the last one. */
function anchor(units: readonly Unit[], next: number, end: number): number {
  for (let index = next; index < end; index++) if (units[index]?.kind !== "heading") return index;
  return end - 1;
}

/** A function from offsets, asked in ascending order, to the titles of the headings over them. */
function headingPaths(headings: readonly Heading[]): (offset: number) => string[] {
  const open: Heading[] = [];
  let passed = 0;
  return (offset) => {
    for (let heading = headings[passed]; heading && heading.start <= offset; heading = headings[++passed]) {
      while ((open.at(-1)?.level ?? 0) >= heading.level) open.pop();
      open.push(heading);
    }
    return open.map(({ title }) => title);
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
