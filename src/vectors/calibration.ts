// What searches by code were measured to find, and from that how many candidates and lists a wanted recall takes. Measured with
// queries that were asked, or with the index's own vectors while there are too few of those.

import { prefilterMs } from "./plan-costs.js";

/** Results of a search that are asked for again by their codes: few and many of them. */
export const calibrationKs = { few: 10, many: 100 };
/** So many of the nearest have their lists looked up, every tenth of them: a filter may leave any of them among its own nearest. */
export const deepResults = 1000;
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
  /** The same where only the best lists are scanned, `probes` on average; empty where there are no lists. */
  chosenByLists: { recall: number; k: number; probes: number; oversampling: number; measured: number }[];
  /** recall@10 at fixed oversampling, for comparison. */
  recallAt3: number;
  recallAt10: number;
};

export type QuerySource = "searches" | "rows";

/**
 * Where a search has to look for one of its true results: `place` from 1 among the candidates, in a list whose score is `gap` below the
 * reference (CodeLists.gapsOf; -Infinity: in no list).
 */
export type Sighting = { place: number; gap: number };

/** Candidates to rescore, and how far below the reference to look into lists. */
export type Setting = { candidates: number; reach: number };

// What is measured on 200 queries differs from what the next 200 get, and most where the queries were made up: only a share of the loss
// that a wanted recall allows is used. With half of it for made-up ones, recall 0.99 was 0.985 for questions to 10,000 passages.
export const lossUsed: Record<QuerySource, number> = { rows: 1 / 4, searches: 1 / 2 };
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

  /** The curve whose pairs() these are. */
  static ofPairs(k: number, pairs: Float64Array): RecallCurve {
    return new RecallCurve(
      k,
      Array.from({ length: pairs.length / 2 }, (_, i) => ({ place: pairs[2 * i]!, gap: pairs[2 * i + 1]! })),
    );
  }

  /** Place and gap of each sighting. */
  pairs(): Float64Array {
    return Float64Array.from(this.#sightings.flatMap(({ place, gap }) => [place, gap]));
  }

  /** Share of the nearest rows that are among the best `candidates` of the codes, in lists within `reach`. */
  recallAt(candidates: number, reach = Infinity): number {
    if (this.#sightings.length === 0) return 1;
    const found = this.#sightings.filter(({ place, gap }) => place <= candidates && gap <= reach);
    return found.length / this.#sightings.length;
  }

  /** The fewest candidates, at least k, that reached `recall` over all lists; undefined where `calibrationDepth` did not. */
  candidatesFor(recall: number): number | undefined {
    if (this.#places.length === 0) return this.k;
    const last = Math.max(1, Math.ceil(recall * this.#places.length));
    const candidates = Math.max(this.k, this.#places[last - 1]!);
    return candidates <= calibrationDepth ? candidates : undefined;
  }

  /** The cheapest setting that reached `recall`, by what `cost` says of it; undefined where none did. */
  settingFor(recall: number, cost: (setting: Setting) => number): Setting | undefined {
    const fewest = this.candidatesFor(recall);
    if (fewest === undefined) return undefined;
    const wanted = Math.max(1, Math.ceil(recall * this.#sightings.length));
    let best: { setting: Setting; cost: number } | undefined;
    for (let candidates = fewest; ; candidates = Math.ceil(candidates * candidateStep)) {
      const depth = Math.min(candidates, calibrationDepth);
      const gaps = this.#sightings.filter(({ place }) => place <= depth).map(({ gap }) => gap);
      const setting = { candidates: depth, reach: Float64Array.from(gaps).sort()[wanted - 1] ?? -Infinity };
      const costs = cost(setting);
      if (best && costs >= best.cost * 1.1) break;
      if (!best || costs < best.cost) best = { setting, cost: costs };
      if (candidates >= calibrationDepth) break;
    }
    return best?.setting;
  }
}

export type CalibrationFacts = {
  queries: number;
  source: QuerySource;
  /** Live rows at the time. */
  rows: number;
  dimensions: number;
  /** Whether candidates are read from disk. */
  onDisk?: boolean | undefined;
  lists: number;
  /** Gaps of lists in many searches, ascending, as often as they came: what share of the lists lies within a reach. */
  gaps: Float32Array;
  /** Gaps of the lists that hold the `deepResults` nearest, ascending; empty where there are no lists. */
  deepGaps: Float32Array;
};

/** Look into lists within `reach`, about `probes` of them. */
export type ListProbing = { reach: number; probes: number; oversampling: number };

export class Calibration {
  readonly facts: CalibrationFacts;
  readonly #few: RecallCurve;
  readonly #many: RecallCurve;
  readonly #settings = new Map<string, Setting | undefined>();

  constructor(few: RecallCurve, many: RecallCurve, facts: CalibrationFacts) {
    this.#few = few;
    this.#many = many;
    this.facts = facts;
  }

  /** What it was worked out from, few results and many. */
  get curves(): { few: RecallCurve; many: RecallCurve } {
    return { few: this.#few, many: this.#many };
  }

  /** Candidates for each of `k` results that safely reach `recall` over all codes; undefined where codes do not reach it. */
  oversamplingFor(recall: number, k: number): number | undefined {
    const few = this.#candidates(this.#few, recall);
    if (few === undefined) return undefined;
    const many = this.#candidates(this.#many, recall) ?? (few / this.#few.k) * this.#many.k;
    return this.#between(few, many, k) / k;
  }

  /** How far to look into lists, and candidates for each of `k` results; undefined where there were no lists, or codes do not reach `recall`. */
  probingFor(recall: number, k: number): ListProbing | undefined {
    const few = this.#setting(this.#few, recall);
    const many = this.#setting(this.#many, recall);
    if (!few || !many) return undefined;
    const candidates = this.#between(few.candidates, Math.max(few.candidates, many.candidates), k);
    const reach = this.#reachFor(k, recall, few.reach, Math.max(few.reach, many.reach));
    return { reach, probes: this.#probesWithin(reach), oversampling: candidates / k };
  }

  /** Between what was measured, and past it, reach grows with the logarithm of k. The nearest one alone may lie in as far a list as any. */
  #reachFor(k: number, recall: number, few: number, many: number): number {
    const { deepGaps } = this.facts;
    if (k <= calibrationKs.few) return few;
    if (k <= calibrationKs.many || deepGaps.length === 0) {
      return few + (Math.log(k / calibrationKs.few) / Math.log(calibrationKs.many / calibrationKs.few)) * (many - few);
    }
    const last = Math.ceil(this.#safe(recall) * deepGaps.length);
    const deep = Math.max(many, deepGaps[Math.max(1, last) - 1]!);
    return many + (Math.log(k / calibrationKs.many) / Math.log(deepResults / calibrationKs.many)) * (deep - many);
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
          const setting = this.#setting(curve, recall);
          if (!setting) return [];
          const { reach, candidates } = setting;
          const probes = Math.round(this.#probesWithin(reach));
          const measured = curve.recallAt(candidates, reach);
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

  #setting(curve: RecallCurve, recall: number): Setting | undefined {
    if (this.facts.lists === 0) return undefined;
    // Rounded up, so that few different ones are ever worked out.
    const wanted = Math.min(1, Math.ceil(this.#safe(recall) * 2000) / 2000);
    const key = `${curve.k} ${wanted}`;
    if (!this.#settings.has(key)) {
      const cost = ({ reach, candidates }: Setting) =>
        prefilterMs(this.#probesWithin(reach) * 32, candidates, this.facts);
      this.#settings.set(key, curve.settingFor(wanted, cost) ?? curve.settingFor(recall, cost));
    }
    return this.#settings.get(key);
  }

  /** Lists within `reach`, on average. */
  #probesWithin(reach: number): number {
    const { lists, gaps } = this.facts;
    let [from, to] = [0, gaps.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (gaps[middle]! <= reach) from = middle + 1;
      else to = middle;
    }
    return gaps.length === 0 ? lists : (lists * from) / gaps.length;
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

/** Places of `wanted` in `order`, from 1, where those of `without` are passed over; one more than calibrationDepth for those not in it. */
export function placesIn(order: Uint32Array, wanted: Iterable<number>, without: readonly number[]): number[] {
  const places = new Map<number, number>();
  for (const slot of order) if (!without.includes(slot)) places.set(slot, places.size + 1);
  return Array.from(wanted, (slot) => Math.min(places.get(slot) ?? calibrationDepth + 1, calibrationDepth + 1));
}
