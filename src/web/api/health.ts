// /v1/health: how well the library answers, at a glance. Shares are 0..1; null is where nothing is known.
import type { Send } from "./request.js";

export type HealthStatus = "healthy" | "warning" | "critical" | "unknown";

export type Limit = { warning: number; critical: number };

export type EmbeddingHealth = {
  status: HealthStatus;
  sentence: string;
  figures?: {
    currentRows: number;
    meanDistance: number;
    mmd: number;
    pValue: number;
    coherence: number;
    baselineCoherence: number;
    normDrift: number;
  };
  limits?: { meanDistance: Limit; mmd: Limit; coherenceLow: Limit; coherenceHigh: Limit; normDrift: Limit };
};

export type QuerySummary = {
  queries: number;
  zeroResultRate: number | null;
  degradedRate: number | null;
  lowConfidenceRate: number | null;
  cacheHitRate: number | null;
  averageTopScore: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
};

export type QueryMinute = { at: string } & QuerySummary;

export type Alert = {
  id: string;
  source: "queries" | "batch" | "index";
  severity: "warning" | "critical";
  title: string;
  sentence: string;
  since: string;
  command: string;
  effect: string;
};

export type AlertNews = {
  kind: "raised" | "cleared";
  id: string;
  severity: Alert["severity"];
  sentence: string;
  at: string;
};

export type IngestRun = {
  id: number;
  finishedAt: string;
  documents: number;
  failed: number;
  health: EmbeddingHealth | null;
};

export type Health = {
  status: HealthStatus;
  sentence: string;
  at: string;
  model: string;
  embeddings: {
    baseline: { rows: number; madeAt: string; coherence: number } | null;
    index: EmbeddingHealth | null;
    runs: IngestRun[];
  };
  queries: {
    lastHour: QuerySummary;
    minutes: QueryMinute[];
    confidence: { from: "logit" | "cosine"; threshold: number; auc: number; calibratedAt: string } | null;
  };
  alerts: Alert[];
  events: AlertNews[];
  migrations: { model: string; startedAt: string }[];
};

export type Diagnosis = {
  sentence: string;
  findings: { check: string; title: string; status: "fine" | "notice" | "suspicious" | "unknown"; sentence: string }[];
  causes: { cause: string; title: string; belief: number; remedy: { command: string; effect: string } }[];
};

export async function fetchHealth(send: Send, signal: AbortSignal): Promise<Health> {
  return (await send("/v1/health", { signal })) as Health;
}

/** Takes some seconds. */
export async function fetchDiagnosis(send: Send, signal: AbortSignal): Promise<Diagnosis> {
  return (await send("/v1/diagnosis", { signal })) as Diagnosis;
}
