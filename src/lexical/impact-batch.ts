// Weighted terms, as learned sparse encoders give them -> a batch of impacts in 8 bits.
//
//   impact = round(255 min(weight, largest) / largest), at least 1      (uniform quantisation, as in Mackenzie, Trotman &
//   Lin, "Efficient document-at-a-time and score-at-a-time query evaluation for learned sparse representations", 2022)
//
// Terms are numbers, and are told apart and put in order as such: of 1,000 passages' 200,000 terms, strings in maps take ten times
// as long. In the segment a term is its number in decimal.

import { LodestoneError } from "../errors.js";
import { versionDigest } from "./sections.js";
import { checkRow, invert, type TermBatch } from "./term-batch.js";
import { withCapacity } from "./with-capacity.js";

export const LARGEST_IMPACT = 255;

/** The impact of a weight above 0, 1 to 255. */
export function impactOf(weight: number, largestWeight: number): number {
  return Math.max(1, Math.round((Math.min(weight, largestWeight) / largestWeight) * LARGEST_IMPACT));
}

/** The terms of one row, each once, and their impacts, 1 to 255. Ascending terms are taken fastest. */
export type ImpactRow = { terms: Uint32Array; impacts: Uint8Array };

/** Collects the weighted terms of a range of rows. */
export class ImpactBatch {
  readonly #firstRow: number;
  readonly #version: string;
  #rowCount = 0;
  #present = new Uint32Array(8);
  #ends = new Uint32Array(256);
  #size = 0;
  #terms = new Uint32Array(1 << 14);
  #impacts = new Uint16Array(1 << 14);

  /** `version` names the encoder. */
  constructor(firstRow: number, version: string) {
    checkRow(firstRow);
    this.#firstRow = firstRow;
    this.#version = version;
  }

  /** One more than the last row. */
  get endRow(): number {
    return this.#firstRow + this.#rowCount;
  }

  /** Takes a row, which comes after all that were given; rows that are passed over are not there. Default: the next one. */
  add({ terms, impacts }: ImpactRow, row = this.endRow): void {
    if (row < this.endRow) throw new LodestoneError("INVALID_INPUT", `Row ${row} comes before row ${this.endRow}.`);
    checkRow(row);
    const place = row - this.#firstRow;
    const size = this.#size + terms.length;
    this.#present = withCapacity(this.#present, (place >>> 5) + 1);
    this.#ends = withCapacity(this.#ends, place + 1);
    this.#terms = withCapacity(this.#terms, size);
    this.#impacts = withCapacity(this.#impacts, size);
    this.#terms.set(terms, this.#size);
    this.#impacts.set(impacts, this.#size);
    this.#present[place >>> 5]! |= 1 << (place & 31);
    this.#ends.fill(this.#size, this.#rowCount, place);
    this.#ends[place] = size;
    this.#size = size;
    this.#rowCount = place + 1;
  }

  /** The batch. Nothing can be added afterwards. */
  finish(): TermBatch {
    const terms = this.#terms.subarray(0, this.#size);
    const places = new PlacesById();
    for (let i = 0; i < terms.length; i++) places.note(terms[i]!);
    const ids = decimalOrder(places.ids());
    ids.forEach((id, place) => {
      places.set(id, place);
    });
    for (let i = 0; i < terms.length; i++) terms[i] = places.get(terms[i]!);
    const ends = this.#ends.subarray(0, this.#rowCount);
    return {
      kind: "impacts",
      version: versionDigest(this.#version),
      firstRow: this.#firstRow,
      rowCount: this.#rowCount,
      present: this.#present.slice(0, Math.ceil(this.#rowCount / 32)),
      lengths: new Uint16Array(0),
      terms: Array.from(ids, String),
      ...invert({ ends, terms, values: this.#impacts }, ids.length),
      words: [],
      wordTerms: new Uint32Array(0),
      wordOccurrences: new Uint32Array(0),
    };
  }
}

/** Numbers below 2^32 in the order of their decimals as strings, which is not that of their size: 1, 10, 2. Each stands once. */
export function decimalOrder(ids: Uint32Array): Uint32Array<ArrayBuffer> {
  // 10 digits, filled up with zeros on the right, and of those that are alike then the shortest first.
  const keys = Float64Array.from(ids, (id) => {
    const digits = String(id).length;
    return id * 10 ** (DIGITS - digits) * 16 + digits;
  }).sort();
  return Uint32Array.from(keys, (key) => Math.floor(key / 16) / 10 ** (DIGITS - (key % 16)));
}

const DIGITS = 10;
const PAGE = 4096;

/** Places by id, in pages: ids of a vocabulary are dense, but may lie anywhere below 2^32. */
class PlacesById {
  readonly #pages = new Map<number, Uint32Array>();
  #current: Uint32Array = new Uint32Array(PAGE);
  #number = -1;

  note(id: number): void {
    this.#page(id)[id % PAGE] = 1;
  }

  /** Those that were noted. */
  ids(): Uint32Array {
    const found: number[] = [];
    for (const [number, page] of this.#pages) {
      for (let i = 0; i < PAGE; i++) if (page[i]! > 0) found.push(number * PAGE + i);
    }
    return Uint32Array.from(found);
  }

  set(id: number, place: number): void {
    this.#page(id)[id % PAGE] = place;
  }

  get(id: number): number {
    return this.#page(id)[id % PAGE]!;
  }

  #page(id: number): Uint32Array {
    const number = Math.floor(id / PAGE);
    if (number !== this.#number) {
      this.#number = number;
      this.#current = this.#pages.get(number) ?? new Uint32Array(PAGE);
      this.#pages.set(number, this.#current);
    }
    return this.#current;
  }
}
