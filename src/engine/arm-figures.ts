// What searches were like, for each side of a migration: what guard rails look at, and what people compare.

export type FigureCounts = {
  searches: number;
  failed: number;
  /** Searches whose best hit the cross-encoder has judged, the sum of its confidence (0..1), and how many fell below the threshold. */
  judged: number;
  confidence: number;
  lowConfidence: number;
  /** Searches of which a hit was opened. */
  clicked: number;
  /** Searches with relevance judgements, and the sum of their nDCG@10. */
  graded: number;
  ndcg: number;
};

export type ArmFigures = {
  searches: number;
  /** Share of the searches that failed. */
  errorRate: number;
  /** Mean confidence in the best hit, 0..1, and the share of searches below the threshold; null where none were judged. */
  confidence: number | null;
  lowConfidenceRate: number | null;
  latency: { p50Ms: number; p95Ms: number } | null;
  clickRate: number | null;
  clicks: number;
  /** Mean nDCG@10 of the searches that were given judgements. */
  ndcg: number | null;
  graded: number;
};

/** The last so many latencies count. */
const KEPT_LATENCIES = 2_000;

export class FigureKeeper {
  readonly #counts: FigureCounts;
  readonly #latencies: number[];
  #next = 0;

  constructor(stored?: { counts: FigureCounts; latencies: number[] }) {
    const none = { searches: 0, failed: 0, judged: 0, confidence: 0, lowConfidence: 0 };
    this.#counts = { ...none, clicked: 0, graded: 0, ndcg: 0, ...stored?.counts };
    this.#latencies = stored?.latencies ?? [];
  }

  noteSearch({ ms, confidence, isLow }: { ms: number; confidence: number | undefined; isLow: boolean }): void {
    this.#counts.searches++;
    if (confidence !== undefined) {
      this.#counts.judged++;
      this.#counts.confidence += confidence;
      if (isLow) this.#counts.lowConfidence++;
    }
    this.#latencies[this.#next++ % KEPT_LATENCIES] = ms;
  }

  noteFailure(): void {
    this.#counts.searches++;
    this.#counts.failed++;
  }

  noteClick(): void {
    this.#counts.clicked++;
  }

  /** `before`: what the same search was worth with fewer judgements. */
  noteNdcg(value: number, before: number | undefined): void {
    if (before === undefined) this.#counts.graded++;
    this.#counts.ndcg += value - (before ?? 0);
  }

  figures(): ArmFigures {
    const { searches, failed, judged, confidence, lowConfidence, clicked, graded, ndcg } = this.#counts;
    const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (rank: number) => sorted[Math.min(sorted.length - 1, Math.floor(rank * sorted.length))]!;
    return {
      searches,
      errorRate: share(failed, searches) ?? 0,
      confidence: share(confidence, judged),
      lowConfidenceRate: share(lowConfidence, judged),
      latency: sorted.length === 0 ? null : { p50Ms: at(0.5), p95Ms: at(0.95) },
      clickRate: share(clicked, searches),
      clicks: clicked,
      ndcg: share(ndcg, graded),
      graded,
    };
  }

  /** What the constructor takes. */
  stored(): { counts: FigureCounts; latencies: number[] } {
    return { counts: this.#counts, latencies: this.#latencies };
  }
}
