// What a scan of the codes was measured to find, on a sample of the index's own vectors, and from that how many candidates a
// wanted recall takes.

/** Results of a search that are asked for again in the order of the codes: few and many of them. */
export const calibrationKs = { few: 10, many: 100 };
/** Candidates looked at; what lies deeper counts as not found. */
export const calibrationDepth = 2000;

/** What was measured on the index's own vectors: recall of the codes against the exact search. */
export type CalibrationStatus = {
  queries: number;
  /** Live rows at the time. */
  rows: number;
  /** Recall wanted -> candidates for each result at k = 10 and k = 100, and the recall measured with so many. */
  chosen: { recall: number; k: number; oversampling: number; measured: number }[];
  /** recall@10 at fixed oversampling, for comparison. */
  recallAt3: number;
  recallAt10: number;
};

// Queries are less like the rows than rows are like each other: over 100,000 passages of the bundled model, candidates that gave
// passages 0.9975 gave 300 questions 0.988, and those that gave passages 0.999 gave them 0.992 (bench/vectors.ts). So an eighth of
// the loss that a wanted recall allows is used.
const lossUsed = 1 / 8;

/** Where the `k` nearest rows of many queries were found in the order of the codes. */
export class PlaceCurve {
  readonly k: number;
  /** From 1; ascending. */
  readonly #places: Uint32Array;

  constructor(k: number, places: readonly number[]) {
    this.k = k;
    this.#places = Uint32Array.from(places).sort();
  }

  /** Share of the nearest rows that are among the best `candidates` of the codes. */
  recallAt(candidates: number): number {
    if (this.#places.length === 0) return 1;
    let found = 0;
    while (found < this.#places.length && this.#places[found]! <= candidates) found++;
    return found / this.#places.length;
  }

  /** The fewest candidates, at least k, that reached `recall`; undefined where `calibrationDepth` did not. */
  candidatesFor(recall: number): number | undefined {
    if (this.#places.length === 0) return this.k;
    const last = Math.max(1, Math.ceil(recall * this.#places.length));
    const candidates = Math.max(this.k, this.#places[last - 1]!);
    return candidates <= calibrationDepth ? candidates : undefined;
  }

  /** Candidates that safely reach `recall`; undefined where `calibrationDepth` do not. */
  safeCandidatesFor(recall: number): number | undefined {
    return this.candidatesFor(1 - (1 - recall) * lossUsed) ?? this.candidatesFor(recall);
  }
}

export class Calibration {
  /** Searches that were compared. */
  readonly queries: number;
  /** Live rows at the time. */
  readonly rows: number;
  readonly #few: PlaceCurve;
  readonly #many: PlaceCurve;

  constructor(few: PlaceCurve, many: PlaceCurve, queries: number, rows: number) {
    this.#few = few;
    this.#many = many;
    this.queries = queries;
    this.rows = rows;
  }

  /** Candidates for each of `k` results that safely reach `recall`; undefined where codes do not reach it. */
  oversamplingFor(recall: number, k: number): number | undefined {
    const few = this.#few.safeCandidatesFor(recall);
    if (few === undefined) return undefined;
    // As many for fewer results than were measured: the nearest one alone may lie as deep as any.
    if (k <= this.#few.k) return few / k;
    const many = this.#many.safeCandidatesFor(recall) ?? (few / this.#few.k) * this.#many.k;
    if (k >= this.#many.k) return many / this.#many.k;
    // Between the two, candidates grow as a power of k.
    const share = Math.log(k / this.#few.k) / Math.log(this.#many.k / this.#few.k);
    return (few * (many / few) ** share) / k;
  }

  status(): CalibrationStatus {
    const chosen = [0.9, 0.95, 0.98, 0.99, 0.995, 0.999].flatMap((recall) =>
      [this.#few, this.#many].flatMap((curve) => {
        const candidates = curve.safeCandidatesFor(recall);
        if (candidates === undefined) return [];
        const { k } = curve;
        return [{ recall, k, oversampling: candidates / k, measured: curve.recallAt(candidates) }];
      }),
    );
    const { queries, rows } = this;
    return { queries, rows, chosen, recallAt3: this.#few.recallAt(30), recallAt10: this.#few.recallAt(100) };
  }
}

/** Places of `wanted` in `order`, from 1, where `self` is passed over; one more than calibrationDepth for those not in it. */
export function placesIn(order: Uint32Array, wanted: Iterable<number>, self: number): number[] {
  const places = new Map<number, number>();
  for (const slot of order) if (slot !== self) places.set(slot, places.size + 1);
  return Array.from(wanted, (slot) => Math.min(places.get(slot) ?? calibrationDepth + 1, calibrationDepth + 1));
}
