// The lists of an inverted file (IVF; Jégou, Douze & Schmid, "Product Quantization for Nearest Neighbor Search", PAMI 2011) over the
// first positions of a code store: list i is block i, 32 codes of vectors that lie near each other, with a centre. A search ranks
// the centres and scans the best lists only. Lists so small are found again by a scan of their centres' codes, one for 32 rows.

import { CentreCodes } from "./centre-codes.js";
import type { Kernels } from "./kernels/kernels.js";
import type { Quantizer } from "./quantizer.js";
import { Scratch } from "./scratch.js";
import type { SharedMemory } from "./shared-memory.js";

const bucketBytes = 4096;
/** Over 100,000 passages 0.2 takes the fewest lists for recall 0.98 to 0.995; 0 takes 1.4 times as many, 0.35 1.1 times. */
const penalty = 0.2;
/**
 * Lists are looked into as far below the score of this one as was measured to be needed, so that a query in a thick of like lists
 * looks into more than one that stands apart: over 100,000 passages, for recall 0.99, half of the queries looked into 331 lists or
 * fewer and all into 498 on average, where each has to look into 758 to find as much.
 */
const referenceRank = 10;

/** How many lists: as many, or those whose centres score at most so far below that of the tenth. */
export type Probing = { probes: number } | { reach: number };

type Selection = { scores: Float32Array; reference: number; least: number };

export class CodeLists {
  readonly #kernels: Kernels;
  readonly #centres: CentreCodes;
  readonly #buckets: number;
  /** A view of scratch space, good until lists are ranked again, the score of the tenth and of the last that was taken. */
  #selected: Selection = { scores: new Float32Array(0), reference: 0, least: 0 };

  constructor(dimensions: number, place: { memory: SharedMemory; kernels: Kernels }) {
    this.#kernels = place.kernels;
    this.#centres = new CentreCodes(dimensions, penalty, place);
    this.#buckets = new Scratch(place.memory).fit(bucketBytes);
  }

  /** Drops all lists and makes room for `capacity` new ones. `quantizer`: for their centres, of a form that keeps lengths. */
  reset(quantizer: Quantizer, capacity: number): void {
    this.#centres.reset(quantizer, capacity);
  }

  /** The codes of the centres, a view: what restore() takes. */
  contents(): Uint8Array {
    return this.#centres.contents();
  }

  /** Takes `count` lists in place of those that are there; the quantizer is that of reset(). */
  restore(quantizer: Quantizer, count: number, contents: Uint8Array): void {
    this.#centres.restore(quantizer, count, contents);
  }

  get count(): number {
    return this.#centres.count;
  }

  get bytes(): number {
    return this.#centres.bytes;
  }

  /** Adds the next list by its centre. */
  add(centre: number): void {
    this.#centres.add(centre);
  }

  /**
   * Writes to `mask` the words of `live` (both addresses, one word a list, may be the same) of the lists to look into, and 0 for the
   * others. Returns how many have live rows.
   */
  select(query: Float32Array, probing: Probing, live: number, mask: number): number {
    const scores = this.#centres.scoresOf(query);
    const reference = this.#reference(scores);
    const least = "reach" in probing ? reference - probing.reach : this.#nth(scores, probing.probes);
    this.#selected = { scores, reference, least };
    return this.#take(live, mask);
  }

  /** The lists of the last select() again, with other live rows. No list may have been ranked in between. */
  selectAgain(live: number, mask: number): number {
    return this.#take(live, mask);
  }

  /** How far below that of the tenth the score of a list was in the last select(); -Infinity for what is no list. */
  gapOf(list: number): number {
    const { scores, reference } = this.#selected;
    return list < scores.length ? reference - scores[list]! : -Infinity;
  }

  #take(live: number, mask: number): number {
    const { scores, least } = this.#selected;
    return this.#kernels.takeLists(scores.byteOffset, scores.length, least, live, mask);
  }

  /** How far below that of the tenth the score of each list is. */
  gapsOf(query: Float32Array): Float32Array {
    const scores = this.#centres.scoresOf(query);
    const reference = this.#reference(scores);
    return scores.slice().map((score) => reference - score);
  }

  #reference(scores: Float32Array): number {
    return this.#nth(scores, referenceRank);
  }

  #nth(scores: Float32Array, n: number): number {
    return this.#kernels.scoreOfNth(scores.byteOffset, scores.length, Math.min(n, scores.length), this.#buckets);
  }
}
