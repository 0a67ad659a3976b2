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

export class CodeLists {
  readonly #kernels: Kernels;
  readonly #centres: CentreCodes;
  readonly #buckets: number;

  constructor(dimensions: number, place: { memory: SharedMemory; kernels: Kernels }) {
    this.#kernels = place.kernels;
    this.#centres = new CentreCodes(dimensions, penalty, place);
    this.#buckets = new Scratch(place.memory).fit(bucketBytes);
  }

  /** Drops all lists and makes room for `capacity` new ones. `quantizer`: for their centres, of a form that keeps lengths. */
  reset(quantizer: Quantizer, capacity: number): void {
    this.#centres.reset(quantizer, capacity);
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
   * Writes to `mask` the words of `live` (both addresses, one word a list) of about the `probes` best lists that have live rows, and
   * 0 for the others. Returns how many it took.
   */
  select(query: Float32Array, probes: number, live: number, mask: number): number {
    const scores = this.#centres.scoresOf(query);
    return this.#kernels.selectLists(scores.byteOffset, this.#centres.count, probes, live, mask, this.#buckets);
  }

  /** The scores of all lists, a view that is valid until the next call. */
  scoresOf(query: Float32Array): Float32Array {
    return this.#centres.scoresOf(query);
  }
}
