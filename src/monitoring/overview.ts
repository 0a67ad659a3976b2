// Health at a glance: what faces show. Plain JSON; times are ISO 8601.

import type { HealthReport, HealthStatus, QuerySummary } from "../quality/index.js";
import type { IngestRun, QualityNotes } from "../store/index.js";
import type { Alert, AlertNews } from "./alert-keeper.js";
import type { CalibratedConfidence } from "./confidence-scales.js";
import type { BaselineState } from "./judge-health.js";
import type { MinutePoint } from "./query-log.js";

export type WatchedRun = Omit<IngestRun, "startedMs" | "finishedMs" | "health"> & {
  startedAt: string;
  finishedAt: string;
  /** null: too small to be judged, or not judged yet. */
  health: HealthReport | null;
};

export type HealthOverview = {
  /** The worst of what stands. unknown: there is nothing to judge by yet. */
  status: HealthStatus;
  sentence: string;
  at: string;
  generation: number;
  model: string;
  embeddings: {
    /** The known-good sample that others are held against; null: there is none yet. */
    baseline: { rows: number; madeAt: string; coherence: number } | null;
    index: HealthReport | null;
    /** What came in together, the newest first. */
    runs: WatchedRun[];
  };
  queries: {
    lastHour: QuerySummary;
    lastFiveMinutes: QuerySummary;
    minutes: MinutePoint[];
    /** What confidence means here; null: it is not calibrated. */
    confidence: {
      from: "logit" | "cosine";
      threshold: number;
      missRate: number;
      auc: number;
      calibratedAt: string;
    } | null;
  };
  alerts: Alert[];
  /** Alerts that began and ended, the newest first. */
  events: AlertNews[];
  /** Migrations whose index is still there, the newest first. */
  migrations: { generation: number; model: string; startedAt: string }[];
};

export function runsOf(notes: QualityNotes): WatchedRun[] {
  return notes.runs.map(({ startedMs, finishedMs, health, ...run }) => ({
    ...run,
    startedAt: new Date(startedMs).toISOString(),
    finishedAt: new Date(finishedMs).toISOString(),
    health: health === null ? null : (JSON.parse(health) as HealthReport),
  }));
}

export function overviewOf(parts: {
  nowMs: number;
  generation: { id: number; modelVersion: string };
  notes: QualityNotes;
  alerts: Alert[];
  events: AlertNews[];
  queries: Omit<HealthOverview["queries"], "confidence">;
  confidence: CalibratedConfidence | undefined;
}): HealthOverview {
  const { nowMs, generation, notes, alerts, events, queries, confidence } = parts;
  const index = parsed<HealthReport>(notes.states["index-health"]);
  const state = parsed<BaselineState>(notes.states.baseline);
  const hasBaseline = state !== null && notes.baselineRows > 0;
  const { status, sentence } = statusOf(alerts, index, queries.lastHour.queries);
  return {
    ...{
      status,
      sentence,
      at: new Date(nowMs).toISOString(),
      generation: generation.id,
      model: generation.modelVersion,
    },
    embeddings: {
      baseline: hasBaseline
        ? {
            rows: notes.baselineRows,
            madeAt: new Date(state.madeMs).toISOString(),
            coherence: state.calibration.coherence,
          }
        : null,
      index,
      runs: runsOf(notes),
    },
    queries: { ...queries, confidence: confidence ? confidenceIn(confidence) : null },
    alerts,
    events,
    migrations: notes.migrations.map(({ startedMs, ...migration }) => ({
      ...migration,
      startedAt: new Date(startedMs).toISOString(),
    })),
  };
}

function statusOf(
  alerts: readonly Alert[],
  index: HealthReport | null,
  queries: number,
): Pick<HealthOverview, "status" | "sentence"> {
  const [worst] = alerts;
  if (worst) return { status: worst.severity, sentence: worst.sentence };
  if (index?.status === "healthy") return { status: "healthy", sentence: "Nothing stands out." };
  if (queries > 0) return { status: "healthy", sentence: "No alert stands. There are too few documents to judge yet." };
  return { status: "unknown", sentence: "There is nothing to judge by yet: few documents, and no queries." };
}

function confidenceIn({ logit, cosine, atMs }: CalibratedConfidence): HealthOverview["queries"]["confidence"] {
  const isByCosine = !logit || (cosine !== undefined && cosine.auc > logit.auc);
  const { threshold, missRate, auc } = (isByCosine ? cosine : logit)!;
  const from = isByCosine ? "cosine" : "logit";
  return { from, threshold, missRate, auc, calibratedAt: new Date(atMs).toISOString() };
}

function parsed<T>(json: string | undefined): T | null {
  return json === undefined ? null : (JSON.parse(json) as T);
}
