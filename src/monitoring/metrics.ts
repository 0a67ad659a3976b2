// What is exported for scrapers. Names begin with lodestone_, units are seconds and bytes, and no label has more values than can be
// counted on two hands.

import { latencyBounds, type QueryTotals } from "./query-log.js";

export type Metric = {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  /** `suffix` is put behind the name: of histograms "_bucket", "_sum" and "_count". */
  samples: { suffix?: string; labels?: Record<string, string>; value: number }[];
};

export type MetricFacts = {
  version: string;
  totals: QueryTotals;
  /** Of the last five minutes; null where nothing was asked. */
  lowConfidenceRate: number | null;
  averageTopScore: number | null;
  jobs: Record<"queued" | "running" | "failed", number>;
  documents: number;
  chunks: number;
  vectorBytes: number;
  libraryBytes: number;
  /** Since the library was made. */
  tokens: { embedded: number; saved: number };
  embeddingSeconds: number;
  health: { status: string; shift: number | null; coherence: number | null; normDrift: number | null };
  alerts: { warning: number; critical: number };
};

const statuses = ["healthy", "warning", "critical", "unknown"] as const;

export function metricsOf(facts: MetricFacts): Metric[] {
  const { totals, jobs, tokens, health, alerts } = facts;
  const one = (name: string, type: Metric["type"], help: string, value: number | null): Metric[] =>
    value === null ? [] : [{ name: `lodestone_${name}`, type, help, samples: [{ value }] }];
  const by = (name: string, type: Metric["type"], help: string, label: string, values: Record<string, number>) => ({
    name: `lodestone_${name}`,
    type,
    help,
    samples: Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value })),
  });
  return [
    {
      name: "lodestone_build_info",
      type: "gauge",
      help: "Always 1; the version is its label.",
      samples: [{ labels: { version: facts.version }, value: 1 }],
    },
    ...one("searches_total", "counter", "Searches that were answered.", totals.searches),
    ...one("search_failures_total", "counter", "Searches that failed inside.", totals.failed),
    ...one("searches_degraded_total", "counter", "Answers that lack a stage which was late.", totals.degraded),
    ...one("searches_without_results_total", "counter", "Answers without any document.", totals.zeroResults),
    ...one("searches_low_confidence_total", "counter", "Answers of low confidence.", totals.lowConfidence),
    by("query_cache_lookups_total", "counter", "Look-ups of query vectors.", "result", {
      hit: totals.cacheHits,
      miss: totals.cacheMisses,
    }),
    latencyHistogram(totals),
    ...one("low_confidence_ratio", "gauge", "Share of low confidence, last five minutes.", facts.lowConfidenceRate),
    ...one("top_similarity", "gauge", "Mean best cosine, last five minutes.", facts.averageTopScore),
    by("jobs", "gauge", "Jobs that are not done.", "state", jobs),
    ...one("documents", "gauge", "Documents of the library.", facts.documents),
    ...one("chunks", "gauge", "Chunks of the index that answers.", facts.chunks),
    ...one("vector_memory_bytes", "gauge", "Memory that vectors take.", facts.vectorBytes),
    ...one("library_size_bytes", "gauge", "Files of the library.", facts.libraryBytes),
    by("embedding_tokens_total", "counter", "Tokens embedded, or spared by the cache.", "source", {
      model: tokens.embedded,
      cache: tokens.saved,
    }),
    ...one("embedding_seconds_total", "counter", "Time that models computed embeddings.", facts.embeddingSeconds),
    by(
      "health_status",
      "gauge",
      "1 for the status that holds.",
      "status",
      Object.fromEntries(statuses.map((status) => [status, Number(status === health.status)])),
    ),
    ...one("embedding_shift", "gauge", "MMD of the index against its baseline.", health.shift),
    ...one("embedding_coherence", "gauge", "Mean pairwise cosine of the index.", health.coherence),
    ...one("embedding_norm_drift_ratio", "gauge", "Mean norm over the baseline's, less 1.", health.normDrift),
    by("alerts", "gauge", "Alerts that stand.", "severity", alerts),
  ];
}

function latencyHistogram({ latencyBuckets, latencySumSeconds, searches }: QueryTotals): Metric {
  let below = 0;
  const buckets = latencyBuckets.map((count, i) => {
    below += count;
    return { suffix: "_bucket", labels: { le: String(latencyBounds[i] ?? "+Inf") }, value: below };
  });
  return {
    name: "lodestone_search_duration_seconds",
    type: "histogram",
    help: "Time from request to answer.",
    samples: [...buckets, { suffix: "_sum", value: latencySumSeconds }, { suffix: "_count", value: searches }],
  };
}
