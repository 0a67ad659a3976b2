// How queries fared in the last hour, in fixed memory (170 KB): a ring of 60 minutes, each with its counts and a histogram of
// latencies. The clock is the caller's. A minute can be stored as JSON when it is over, and put back later or into another
// window: minutes of one time add up.

import { bucketCount, bucketOf, quantileMs } from "./latency-histogram.js";

export const windowMinutes = 60;
const minuteMs = 60_000;

/** One answered query. */
export type QueryObservation = {
  latencyMs: number;
  /** Documents in the answer. */
  results: number;
  /** Score that compares across queries (such as the best cosine, not the 0..1 within one answer); absent without results. */
  topScore?: number | undefined;
  /** First score less the second; absent with fewer than two results. */
  gap?: number | undefined;
  /** Whether the query's embedding was remembered; absent where none was needed. */
  cache?: "hit" | "miss" | undefined;
  isDegraded: boolean;
  /** The top score lies under the calibrated threshold, or there is none. */
  isLowConfidence: boolean;
};

const counters = [
  "queries",
  "zeroResults",
  "degraded",
  "lowConfidence",
  "cacheLookups",
  "cacheHits",
  "topScores",
  "topScoreSum",
  "gaps",
  "gapSum",
  "latencySumMs",
  "latencyMaxMs",
] as const;
type Counter = (typeof counters)[number];

/** One minute as JSON. `latency` holds pairs of bucket and count, flat, for the buckets that are not empty. */
export type MinuteRecord = Record<Counter, number> & {
  /** Minutes since 1970. */
  minute: number;
  latency: number[];
};

export type QuerySummary = {
  /** Minutes that were looked at, the running one included. */
  minutes: number;
  queries: number;
  zeroResultRate: number | null;
  degradedRate: number | null;
  lowConfidenceRate: number | null;
  /** null for no lookups. */
  cacheHitRate: number | null;
  averageTopScore: number | null;
  averageGap: number | null;
  meanMs: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  maxMs: number | null;
  /** Counts behind the rates. */
  cacheLookups: number;
  topScores: number;
};

export class QueryWindow {
  readonly #minutes = new Float64Array(windowMinutes).fill(-1);
  readonly #counts = new Float64Array(windowMinutes * counters.length);
  readonly #latencies = new Uint32Array(windowMinutes * bucketCount);

  /** Counts a query; false for one that is too old for the window. */
  record(observation: QueryObservation, nowMs: number): boolean {
    const cell = this.#cellFor(Math.floor(nowMs / minuteMs));
    if (cell === undefined) return false;
    const { latencyMs, results, topScore, gap, cache } = observation;
    const add = (counter: Counter, value: number) => {
      this.#counts[cell * counters.length + counters.indexOf(counter)]! += value;
    };
    add("queries", 1);
    if (results === 0) add("zeroResults", 1);
    if (observation.isDegraded) add("degraded", 1);
    if (observation.isLowConfidence) add("lowConfidence", 1);
    if (cache !== undefined) add("cacheLookups", 1);
    if (cache === "hit") add("cacheHits", 1);
    if (topScore !== undefined) {
      add("topScores", 1);
      add("topScoreSum", topScore);
    }
    if (gap !== undefined) {
      add("gaps", 1);
      add("gapSum", gap);
    }
    add("latencySumMs", latencyMs);
    this.#raiseMaximum(cell, latencyMs);
    this.#latencies[cell * bucketCount + bucketOf(latencyMs)]! += 1;
    return true;
  }

  /** What happened in the last `minutes` (1..60), the running minute included. */
  summary(nowMs: number, minutes = windowMinutes): QuerySummary {
    const now = Math.floor(nowMs / minuteMs);
    const sums = Object.fromEntries(counters.map((name) => [name, 0])) as Record<Counter, number>;
    const latencies = new Float64Array(bucketCount);
    for (let cell = 0; cell < windowMinutes; cell++) {
      const minute = this.#minutes[cell]!;
      if (minute < 0 || minute > now || minute <= now - minutes) continue;
      for (const [i, name] of counters.entries()) {
        const value = this.#counts[cell * counters.length + i]!;
        sums[name] = name === "latencyMaxMs" ? Math.max(sums[name], value) : sums[name] + value;
      }
      for (let bucket = 0; bucket < bucketCount; bucket++) {
        latencies[bucket]! += this.#latencies[cell * bucketCount + bucket]!;
      }
    }
    const { queries, cacheLookups, topScores, gaps } = sums;
    const share = (count: number, of: number) => (of === 0 ? null : count / of);
    const quantile = (of: number) => (queries === 0 ? null : Math.min(quantileMs(latencies, of), sums.latencyMaxMs));
    return {
      minutes,
      queries,
      zeroResultRate: share(sums.zeroResults, queries),
      degradedRate: share(sums.degraded, queries),
      lowConfidenceRate: share(sums.lowConfidence, queries),
      cacheHitRate: share(sums.cacheHits, cacheLookups),
      averageTopScore: share(sums.topScoreSum, topScores),
      averageGap: share(sums.gapSum, gaps),
      meanMs: share(sums.latencySumMs, queries),
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
      maxMs: queries === 0 ? null : sums.latencyMaxMs,
      cacheLookups,
      topScores,
    };
  }

  /** The minutes that hold queries, oldest first: what to store, and what a chart of the hour shows. */
  records(): MinuteRecord[] {
    const cells = Array.from(this.#minutes.keys()).filter((cell) => this.#minutes[cell]! >= 0);
    return cells.map((cell) => this.#recordOf(cell)).sort((a, b) => a.minute - b.minute);
  }

  /** One minute; undefined for one without queries or outside of the window. */
  minute(minute: number): MinuteRecord | undefined {
    const cell = minute % windowMinutes;
    return this.#minutes[cell] === minute ? this.#recordOf(cell) : undefined;
  }

  /** Adds a stored minute, of this process or another; false for one that is too old for the window. */
  absorb(record: MinuteRecord): boolean {
    const cell = this.#cellFor(record.minute);
    if (cell === undefined) return false;
    for (const [i, name] of counters.entries()) {
      if (name !== "latencyMaxMs") this.#counts[cell * counters.length + i]! += record[name];
    }
    this.#raiseMaximum(cell, record.latencyMaxMs);
    for (let i = 0; i < record.latency.length; i += 2) {
      this.#latencies[cell * bucketCount + record.latency[i]!]! += record.latency[i + 1]!;
    }
    return true;
  }

  #recordOf(cell: number): MinuteRecord {
    const latency: number[] = [];
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const count = this.#latencies[cell * bucketCount + bucket]!;
      if (count > 0) latency.push(bucket, count);
    }
    const counts = Object.fromEntries(
      counters.map((name, i) => [name, this.#counts[cell * counters.length + i]!]),
    ) as Record<Counter, number>;
    return { minute: this.#minutes[cell]!, ...counts, latency };
  }

  #raiseMaximum(cell: number, latencyMs: number): void {
    const at = cell * counters.length + counters.indexOf("latencyMaxMs");
    this.#counts[at] = Math.max(this.#counts[at]!, latencyMs);
  }

  /** The cell of a minute, emptied if an older one stood there; undefined where a newer one stands. */
  #cellFor(minute: number): number | undefined {
    const cell = minute % windowMinutes;
    const held = this.#minutes[cell]!;
    if (held > minute) return undefined;
    if (held < minute) {
      this.#minutes[cell] = minute;
      this.#counts.fill(0, cell * counters.length, (cell + 1) * counters.length);
      this.#latencies.fill(0, cell * bucketCount, (cell + 1) * bucketCount);
    }
    return cell;
  }
}
