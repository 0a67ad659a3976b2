// The forward form of a batch: its rows with their terms, compact, to be kept as the truth from which segments can be made
// anew without the texts, and from which the terms of single rows are read. It needs nothing outside of itself.
//
// Sections (see sections.ts for the header); R rows, T terms, W words:
//   0  facts f64 x 4: first row, R, T, W
//   1  lengths u16 x R, none for impacts
//   2  where each row begins in section 3, and its end, u32 x (R + 1)
//   3  rows: for each term, ascending: varint gap * 2 + (value > 1), and where it is, varint value - 2
//      (gap: places in the dictionary since the term before; for the first one, since -1; less one)
//   4  terms: dictionary offsets   5  dictionary bytes      (dictionary.ts)
//   6  words: dictionary offsets   7  dictionary bytes
//   8  for each word: varint zigzag(term - term of the word before), varint occurrences - 1

import { LodestoneError } from "../errors.js";
import { Dictionary, dictionaryOf } from "./dictionary.js";
import { checkSections, finished, Sections, writeSections } from "./sections.js";
import { invert, type TermBatch } from "./term-batch.js";
import { unzigzag, VarintReader, VarintWriter, zigzag } from "./varint.js";

const FORWARD = { magic: "LFWD", format: 1 } as const;

export function encodeForward(batch: TermBatch): Uint8Array<ArrayBuffer> {
  const { kind, version, firstRow, rowCount, lengths, terms, words } = batch;
  const { starts, bytes } = encodeRows(batch);
  const termDictionary = dictionaryOf(terms);
  const wordDictionary = dictionaryOf(words);
  return finished(
    writeSections({ ...FORWARD, kind, version }, [
      Float64Array.of(firstRow, rowCount, terms.length, words.length),
      lengths,
      starts,
      bytes,
      termDictionary.offsets,
      termDictionary.bytes,
      wordDictionary.offsets,
      wordDictionary.bytes,
      encodeWords(batch),
    ]),
  );
}

/** A batch in its forward form. Opening it decodes nothing. */
export class ForwardBatch {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly #sections: Sections;
  readonly #terms: Dictionary;
  readonly #wordCount: number;
  readonly #starts: Uint32Array;
  readonly #rows: Uint8Array;

  /** Throws INDEX_DAMAGED unless the bytes are as encodeForward made them. */
  constructor(bytes: Uint8Array) {
    checkSections(bytes, FORWARD, "forward batch of lexical terms");
    const sections = new Sections(bytes);
    const [firstRow, rowCount, terms, words] = sections.float64(0);
    this.#sections = sections;
    this.firstRow = firstRow!;
    this.rowCount = rowCount!;
    this.#terms = new Dictionary(sections.uint32(4), sections.uint8(5), terms!);
    this.#wordCount = words!;
    this.#starts = sections.uint32(2);
    this.#rows = sections.uint8(3);
  }

  /** Digest of the analyser's or encoder's version. */
  get version(): string {
    return this.#sections.version;
  }

  /** Counted words of a row; 0 for impacts. */
  lengthOf(row: number): number {
    this.#check(row);
    return this.#sections.uint16(1)[row - this.firstRow] ?? 0;
  }

  /** The terms of a row with frequencies or quantised weights, by code point. Throws INVALID_INPUT for another batch's row. */
  termsOf(row: number): { term: string; value: number }[] {
    this.#check(row);
    const place = row - this.firstRow;
    const found: { term: string; value: number }[] = [];
    this.#decodeRow(new VarintReader(this.#rows, this.#starts[place]!), this.#starts[place + 1]!, (term, value) =>
      found.push({ term: this.#terms.at(term), value }),
    );
    return found;
  }

  /** The whole batch, to make a segment of. */
  toBatch(): TermBatch {
    const { rowCount, firstRow } = this;
    const starts = this.#starts;
    const reader = new VarintReader(this.#rows, 0);
    // A posting takes a byte at least.
    const terms = new Uint32Array(this.#rows.length);
    const values = new Uint16Array(this.#rows.length);
    const ends = new Uint32Array(rowCount);
    let size = 0;
    for (let row = 0; row < rowCount; row++) {
      this.#decodeRow(reader, starts[row + 1]!, (term, value) => {
        terms[size] = term;
        values[size++] = value;
      });
      ends[row] = size;
    }
    const words = new Dictionary(this.#sections.uint32(6), this.#sections.uint8(7), this.#wordCount);
    return {
      kind: this.#sections.kind,
      version: this.version,
      firstRow,
      rowCount,
      lengths: this.#sections.uint16(1),
      terms: [...this.#terms.strings()],
      ...invert({ ends, terms, values }, this.#terms.count),
      words: [...words.strings()],
      ...decodeWords(this.#sections.uint8(8), this.#wordCount),
    };
  }

  #decodeRow(reader: VarintReader, end: number, take: (term: number, value: number) => void): void {
    let term = -1;
    while (reader.at < end) {
      const head = reader.read();
      term += (head >>> 1) + 1;
      take(term, (head & 1) === 0 ? 1 : reader.read() + 2);
    }
  }

  #check(row: number): void {
    if (row >= this.firstRow && row < this.firstRow + this.rowCount) return;
    const rows = `${this.firstRow} to ${this.firstRow + this.rowCount - 1}`;
    throw new LodestoneError("INVALID_INPUT", `This batch has the rows ${rows}; row ${row} was asked for.`, {
      detail: { row, firstRow: this.firstRow, rowCount: this.rowCount },
    });
  }
}

function encodeRows({ rowCount, termStarts, rows, values }: TermBatch): { starts: Uint32Array; bytes: Uint8Array } {
  // From term order to row order; within a row terms come out ascending.
  const next = new Uint32Array(rowCount + 1);
  for (const row of rows) next[row + 1]!++;
  for (let row = 0; row < rowCount; row++) next[row + 1]! += next[row]!;
  const bounds = next.slice();
  const rowTerms = new Uint32Array(rows.length);
  const rowValues = new Uint16Array(rows.length);
  for (let term = 0; term + 1 < termStarts.length; term++) {
    for (let i = termStarts[term]!; i < termStarts[term + 1]!; i++) {
      const at = next[rows[i]!]!++;
      rowTerms[at] = term;
      rowValues[at] = values[i]!;
    }
  }
  const starts = new Uint32Array(rowCount + 1);
  const writer = new VarintWriter();
  for (let row = 0; row < rowCount; row++) {
    let before = -1;
    for (let i = bounds[row]!; i < bounds[row + 1]!; i++) {
      const value = rowValues[i]!;
      writer.write((rowTerms[i]! - before - 1) * 2 + (value > 1 ? 1 : 0));
      if (value > 1) writer.write(value - 2);
      before = rowTerms[i]!;
    }
    starts[row + 1] = writer.length;
  }
  return { starts, bytes: writer.finish() };
}

function encodeWords({ wordTerms, wordOccurrences }: TermBatch): Uint8Array {
  const writer = new VarintWriter();
  let before = 0;
  for (const [word, term] of wordTerms.entries()) {
    writer.write(zigzag(term - before));
    writer.write(wordOccurrences[word]! - 1);
    before = term;
  }
  return writer.finish();
}

function decodeWords(bytes: Uint8Array, count: number): Pick<TermBatch, "wordTerms" | "wordOccurrences"> {
  const reader = new VarintReader(bytes, 0);
  const wordTerms = new Uint32Array(count);
  const wordOccurrences = new Uint32Array(count);
  let term = 0;
  for (let word = 0; word < count; word++) {
    term += unzigzag(reader.read());
    wordTerms[word] = term;
    wordOccurrences[word] = reader.read() + 1;
  }
  return { wordTerms, wordOccurrences };
}
