// A uniform sample of documents by the row of one of their chunks, in fixed memory: algorithm R, as embedding-sample.ts has it, for
// vectors that are stored elsewhere and are read when they are needed. A row that is not there any more keeps its place, so that what
// is left stays a uniform sample of what is left.

import { type Random, seededRandom } from "./random.js";

export type PlacedRow = { row: number; norm: number };

export type RowSample = {
  /** Rows that are sampled, dead ones left out. */
  rows: PlacedRow[];
  /** Documents that were offered. */
  seen: number;
  randomState: number;
};

export class RowSampler {
  readonly capacity: number;
  readonly #places: (PlacedRow | undefined)[] = [];
  readonly #random: Random;
  #seen = 0;

  constructor(capacity: number, seed = 1) {
    this.capacity = capacity;
    this.#random = seededRandom(seed);
  }

  /** Goes on from a stored sample. */
  static resume(capacity: number, { rows, seen, randomState }: RowSample): RowSampler {
    const sampler = new RowSampler(capacity, randomState);
    const kept = rows.slice(0, capacity);
    sampler.#places.push(...kept);
    sampler.#seen = Math.max(seen, kept.length);
    sampler.#places.length = Math.min(capacity, sampler.#seen);
    return sampler;
  }

  get seen(): number {
    return this.#seen;
  }

  /** Offers one document by one random of its rows; nothing without any. */
  offer(rows: readonly PlacedRow[]): void {
    if (rows.length === 0) return;
    const chosen = rows[this.#random.below(rows.length)]!;
    this.#seen++;
    if (this.#places.length < this.capacity) {
      this.#places.push(chosen);
      return;
    }
    const place = this.#random.below(this.#seen);
    if (place < this.capacity) this.#places[place] = chosen;
  }

  /** Notes which of its rows are left. */
  keepOnly(alive: ReadonlySet<number>): void {
    this.#places.forEach((placed, i) => {
      if (placed && !alive.has(placed.row)) this.#places[i] = undefined;
    });
  }

  sample(): RowSample {
    const rows = this.#places.flatMap((placed) => placed ?? []);
    return { rows, seen: this.#seen, randomState: this.#random.state };
  }
}
