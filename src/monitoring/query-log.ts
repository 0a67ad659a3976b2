// How queries fared since the library was opened, beside the last hour: counts that only grow, as scrapers want them, and the best
// cosines of the last queries, to be held against those of queries that have an answer.

import {
  type MinuteRecord,
  type QueryObservation,
  type QuerySummary,
  QueryWindow,
  windowMinutes,
} from "../quality/index.js";

/** Upper bounds of the latency histogram, seconds. */
export const latencyBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

export type QueryTotals = {
  searches: number;
  failed: number;
  degraded: number;
  lowConfidence: number;
  zeroResults: number;
  cacheHits: number;
  cacheMisses: number;
  latencySumSeconds: number;
  /** Searches of each bucket of `latencyBounds`, those above the last one at the end. */
  latencyBuckets: number[];
};

/** A minute of the last hour, for charts. Rates and times are null where nothing was asked. */
export type MinutePoint = { at: string } & Pick<
  QuerySummary,
  | "queries"
  | "p50Ms"
  | "p95Ms"
  | "p99Ms"
  | "averageTopScore"
  | "lowConfidenceRate"
  | "zeroResultRate"
  | "degradedRate"
  | "cacheHitRate"
>;

const minuteMs = 60_000;
const KEPT_SCORES = 256;

export class QueryLog {
  readonly #window = new QueryWindow();
  readonly totals: QueryTotals = {
    ...{ searches: 0, failed: 0, degraded: 0, lowConfidence: 0, zeroResults: 0, cacheHits: 0, cacheMisses: 0 },
    latencySumSeconds: 0,
    latencyBuckets: new Array<number>(latencyBounds.length + 1).fill(0),
  };
  /** Of one generation: cosines of two models do not compare. */
  #scores: { generation: number; values: number[]; next: number } = { generation: 0, values: [], next: 0 };
  /** Minutes before this one are written down. */
  #unwritten = 0;

  record(observation: QueryObservation, generation: number, nowMs: number): void {
    const { totals } = this;
    const { latencyMs, cache, topScore } = observation;
    this.#window.record(observation, nowMs);
    totals.searches++;
    if (observation.isDegraded) totals.degraded++;
    if (observation.isLowConfidence) totals.lowConfidence++;
    if (observation.results === 0) totals.zeroResults++;
    if (cache === "hit") totals.cacheHits++;
    if (cache === "miss") totals.cacheMisses++;
    totals.latencySumSeconds += latencyMs / 1000;
    const bucket = latencyBounds.findIndex((bound) => latencyMs <= bound * 1000);
    totals.latencyBuckets[bucket === -1 ? latencyBounds.length : bucket]!++;
    if (topScore !== undefined) this.#noteScore(generation, topScore);
  }

  recordFailure(): void {
    this.totals.failed++;
  }

  summary(nowMs: number, minutes?: number): QuerySummary {
    return this.#window.summary(nowMs, minutes);
  }

  /** The last hour, minute by minute, the running one included. */
  points(nowMs: number): MinutePoint[] {
    const last = Math.floor(nowMs / minuteMs);
    return Array.from({ length: windowMinutes }, (_, i) => {
      const minute = last - windowMinutes + 1 + i;
      const { queries, p50Ms, p95Ms, p99Ms, averageTopScore, lowConfidenceRate, zeroResultRate, ...more } =
        this.#window.summary(minute * minuteMs, 1);
      const { degradedRate, cacheHitRate } = more;
      const at = new Date(minute * minuteMs).toISOString();
      return {
        ...{ at, queries, p50Ms, p95Ms, p99Ms, averageTopScore, lowConfidenceRate, zeroResultRate, degradedRate },
        cacheHitRate,
      };
    });
  }

  /** Best cosines of the last queries to a generation. */
  topScores(generation: number): number[] {
    return this.#scores.generation === generation ? this.#scores.values : [];
  }

  /** Takes in minutes that were written down, and best cosines. */
  absorb(minutes: readonly string[], generation: number, scores: readonly number[]): void {
    for (const record of minutes) this.#window.absorb(JSON.parse(record) as MinuteRecord);
    for (const score of scores) this.#noteScore(generation, score);
    this.#unwritten = Math.max(0, ...this.#window.records().map(({ minute }) => minute));
  }

  /** Minutes with news since the last call; the running one comes again. */
  takeMinutes(nowMs: number): { minute: number; record: string }[] {
    const news = this.#window.records().filter(({ minute }) => minute >= this.#unwritten);
    this.#unwritten = Math.floor(nowMs / minuteMs);
    return news.map((record) => ({ minute: record.minute, record: JSON.stringify(record) }));
  }

  /** The first minute that still belongs to the window. */
  firstKept(nowMs: number): number {
    return Math.floor(nowMs / minuteMs) - windowMinutes + 1;
  }

  #noteScore(generation: number, score: number): void {
    if (this.#scores.generation !== generation) this.#scores = { generation, values: [], next: 0 };
    this.#scores.values[this.#scores.next++ % KEPT_SCORES] = score;
  }
}
