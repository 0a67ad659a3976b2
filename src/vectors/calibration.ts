// What searches by code were measured to find, and from that how many candidates and lists a wanted recall takes. Measured with
// queries that were asked, or with the index's own vectors while there are too few of those.

import { prefilterMs } from "./plan-costs.js";

/** Results of a search that are asked for again by their codes: few and many of them. */
export const calibrationKs = { few: 10, many: 100 };
/** Candidates looked at; what lies deeper counts as not found. */
export const calibrationDepth = 2000;

/** What was measured against the exact search, over `queries` searches when the index had `rows` live rows. */
export type CalibrationStatus = {
  queries: number;
  /** Whose: of searches that were made, or of rows of the index. */
  source: QuerySource;
  rows: number;
  /** Recall wanted -> candidates for each result at k = 10 and k = 100, and the recall measured with so many. */
  chosen: { recall: number; k: number; oversampling: number; measured: number }[];
  /** The same where only the best `probes` lists are scanned; empty where there are no lists. */
  chosenByLists: { recall: number; k: number; probes: number; oversampling: number; measured: number }[];
  /** recall@10 at fixed oversampling, for comparison. */
  recallAt3: number;
  recallAt10: number;
};

export type QuerySource = "searches" | "rows";

/** Where a search has to look for one of its true results: list of this rank, candidate of this place (both from 1; list 0: none). */
export type Sighting = { place: number; rank: number };

export type Probing = { candidates: number; probes: number };

// Rows lie nearer to each other than queries do to rows, and what is measured on 200 queries differs from what the next 200 get. So
// only a share of the loss that a wanted recall allows is used.
const lossUsed: Record<QuerySource, number> = { rows: 1 / 4, searches: 1 / 2 };
/** Candidates are tried in steps of this factor. */
const candidateStep = 1.2;
const reportedRecalls = [0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

/** Where the `k` nearest rows of many queries were found. */
export class RecallCurve {
  readonly k: number;
  /** Ascending. */
  readonly #places: Uint32Array;
  readonly #sightings: readonly Sighting[];

  constructor(k: number, sightings: readonly Sighting[]) {
    this.k = k;
    this.#sightings = sightings;
    this.#places = Uint32Array.from(sightings, ({ place }) => place).sort();
  }

  /** Share of the nearest rows that are among the best `candidates` of the codes in the best `probes` lists. */
  recallAt(candidates: number, probes = Infinity): number {
    if (this.#sightings.length === 0) return 1;
    const found = this.#sightings.filter(({ place, rank }) => place <= candidates && rank <= probes);
    return found.length / this.#sightings.length;
  }

  /** The fewest candidates, at least k, that reached `recall` over all lists; undefined where `calibrationDepth` did not. */
  candidatesFor(recall: number): number | undefined {
    if (this.#places.length === 0) return this.k;
    const last = Math.max(1, Math.ceil(recall * this.#places.length));
    const candidates = Math.max(this.k, this.#places[last - 1]!);
    return candidates <= calibrationDepth ? candidates : undefined;
  }

  /** The cheapest candidates and probes that reached `recall`, by what `cost` says of them; undefined where none did. */
  probingFor(recall: number, cost: (probing: Probing) => number): Probing | undefined {
    const fewest = this.candidatesFor(recall);
    if (fewest === undefined) return undefined;
    const wanted = Math.ceil(recall * this.#sightings.length);
    let best: { probing: Probing; cost: number } | undefined;
    for (let candidates = fewest; ; candidates = Math.ceil(candidates * candidateStep)) {
      const depth = Math.min(candidates, calibrationDepth);
      const ranks = this.#sightings.filter(({ place }) => place <= depth).map(({ rank }) => rank);
      const probing = { candidates: depth, probes: Math.max(1, Uint32Array.from(ranks).sort()[wanted - 1] ?? 1) };
      const ofThis = cost(probing);
      if (best && ofThis >= best.cost * 1.1) break;
      if (!best || ofThis < best.cost) best = { probing, cost: ofThis };
      if (candidates >= calibrationDepth) break;
    }
    return best?.probing;
  }
}

export type CalibrationFacts = {
  queries: number;
  source: QuerySource;
  /** Live rows at the time. */
  rows: number;
  dimensions: number;
  /** Whether there were lists. */
  listed: boolean;
};

export class Calibration {
  readonly facts: CalibrationFacts;
  readonly #few: RecallCurve;
  readonly #many: RecallCurve;
  readonly #probings = new Map<string, Probing | undefined>();

  constructor(few: RecallCurve, many: RecallCurve, facts: CalibrationFacts) {
    this.#few = few;
    this.#many = many;
    this.facts = facts;
  }

  /** Candidates for each of `k` results that safely reach `recall` over all codes; undefined where codes do not reach it. */
  oversamplingFor(recall: number, k: number): number | undefined {
    const few = this.#candidates(this.#few, recall);
    if (few === undefined) return undefined;
    const many = this.#candidates(this.#many, recall) ?? (few / this.#few.k) * this.#many.k;
    return this.#between(few, many, k) / k;
  }

  /** Lists to scan, and candidates for each of `k` results; undefined where there were no lists, or codes do not reach `recall`. */
  probingFor(recall: number, k: number): { probes: number; oversampling: number } | undefined {
    const few = this.#probing(this.#few, recall);
    const many = this.#probing(this.#many, recall);
    if (!few || !many) return undefined;
    const candidates = this.#between(few.candidates, Math.max(few.candidates, many.candidates), k);
    // The nearest one alone may lie in as far a list as any; past what was measured, lists grow as they did.
    const slope = Math.log(Math.max(1, many.probes / few.probes)) / Math.log(this.#many.k / this.#few.k);
    const probes = few.probes * Math.max(1, k / this.#few.k) ** slope;
    return { probes: Math.ceil(probes), oversampling: candidates / k };
  }

  status(): CalibrationStatus {
    const both = [this.#few, this.#many];
    const { queries, source, rows } = this.facts;
    return {
      ...{ queries, source, rows },
      chosen: reportedRecalls.flatMap((recall) =>
        both.flatMap((curve) => {
          const candidates = this.#candidates(curve, recall);
          if (candidates === undefined) return [];
          return [{ recall, k: curve.k, oversampling: candidates / curve.k, measured: curve.recallAt(candidates) }];
        }),
      ),
      chosenByLists: reportedRecalls.flatMap((recall) =>
        both.flatMap((curve) => {
          const probing = this.#probing(curve, recall);
          if (!probing) return [];
          const { probes, candidates } = probing;
          const measured = curve.recallAt(candidates, probes);
          return [{ recall, k: curve.k, probes, oversampling: candidates / curve.k, measured }];
        }),
      ),
      recallAt3: this.#few.recallAt(30),
      recallAt10: this.#few.recallAt(100),
    };
  }

  #candidates(curve: RecallCurve, recall: number): number | undefined {
    return curve.candidatesFor(this.#safe(recall)) ?? curve.candidatesFor(recall);
  }

  #probing(curve: RecallCurve, recall: number): Probing | undefined {
    if (!this.facts.listed) return undefined;
    // Rounded up, so that few different ones are ever worked out.
    const wanted = Math.min(1, Math.ceil(this.#safe(recall) * 2000) / 2000);
    const key = `${curve.k} ${wanted}`;
    if (!this.#probings.has(key)) {
      const cost = ({ probes, candidates }: Probing) => prefilterMs(probes * 32, candidates, this.facts.dimensions);
      this.#probings.set(key, curve.probingFor(wanted, cost) ?? curve.probingFor(recall, cost));
    }
    return this.#probings.get(key);
  }

  #safe(recall: number): number {
    return 1 - (1 - recall) * lossUsed[this.facts.source];
  }

  /** Candidates for `k` results: as many for fewer than were measured, growing as a power of k between the two, then with k. */
  #between(few: number, many: number, k: number): number {
    if (k <= this.#few.k) return few;
    if (k >= this.#many.k) return (many / this.#many.k) * k;
    const share = Math.log(k / this.#few.k) / Math.log(this.#many.k / this.#few.k);
    return few * (many / few) ** share;
  }
}

/** Places of `wanted` in `order`, from 1, where `self` is passed over; one more than calibrationDepth for those not in it. */
export function placesIn(order: Uint32Array, wanted: Iterable<number>, self: number): number[] {
  const places = new Map<number, number>();
  for (const slot of order) if (slot !== self) places.set(slot, places.size + 1);
  return Array.from(wanted, (slot) => Math.min(places.get(slot) ?? calibrationDepth + 1, calibrationDepth + 1));
}

/** The rank from 1 of each of `wanted` among all scores, highest first; 0 for those that are in no list (-1). */
export function ranksOf(scores: Float32Array, wanted: readonly number[]): number[] {
  const ascending = scores.slice().sort();
  return wanted.map((list) => {
    if (list < 0) return 0;
    let [from, to] = [0, ascending.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (ascending[middle]! <= scores[list]!) from = middle + 1;
      else to = middle;
    }
    return ascending.length - from + 1;
  });
}
