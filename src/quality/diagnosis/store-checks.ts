// Checks of what the library holds: the newest batch, versions, sources, the cache.

import type { Outcome } from "./checks.js";
import type { Facts } from "./facts.js";
import type { Figure, Hint } from "./finding.js";
import { fine, notice, suspicious, unknown, weightOf } from "./outcome.js";

const hourMs = 3_600_000;
/** A batch that large and that new is where to look first. */
const newsworthyShare = 0.05;
const newsworthyHours = 72;
const tolerableFailures = 0.1;

export function recentIngest({ ingest, nowMs }: Facts): Outcome {
  if (!ingest) return unknown("nothing is recorded about the newest ingest");
  const { finishedMs, written, failed, libraryDocuments } = ingest;
  const hours = (nowMs - finishedMs) / hourMs;
  const tried = written + failed;
  const share = libraryDocuments === 0 ? 0 : written / libraryDocuments;
  const figures: Figure[] = [
    { name: "hours ago", value: Number(hours.toFixed(1)) },
    { name: "documents written", value: written },
    { name: "documents failed", value: failed },
    { name: "share of the library", value: share },
  ];
  if (tried > 0 && failed / tried > tolerableFailures) {
    const sentence = `${failed} of the ${tried} documents of the newest batch could not be read.`;
    return suspicious(sentence, figures, [
      { cause: "failed-ingest", weight: weightOf(failed / tried, 0.5, 0.4, 0.85) },
    ]);
  }
  const sentence = `The newest batch came ${ago(hours)}: ${written} of ${libraryDocuments} documents.`;
  return share >= newsworthyShare && hours <= newsworthyHours ? notice(sentence, figures) : fine(sentence, figures);
}

function ago(hours: number): string {
  const [count, unit] = hours < 1 ? [hours * 60, "minute"] : hours < 48 ? [hours, "hour"] : [hours / 24, "day"];
  const whole = Math.round(count);
  return whole < 1 ? "just now" : `${whole} ${unit}${whole === 1 ? "" : "s"} ago`;
}

export function versionMix({ versions }: Facts): Outcome {
  if (!versions) return unknown("no versions are recorded");
  const { model, pipeline, chunksByModel, chunksByPipeline } = versions;
  const models = otherShare(chunksByModel, model);
  const pipelines = otherShare(chunksByPipeline, pipeline);
  const figures: Figure[] = [
    { name: "chunks of another model", value: models.other, limit: 0 },
    { name: "chunks of another text pipeline", value: pipelines.other, limit: 0 },
  ];
  if (models.other === 0 && pipelines.other === 0) {
    return fine(`All ${models.total} chunks are of ${model} and pipeline ${pipeline}.`, figures);
  }
  const hints: Hint[] = [];
  const parts: string[] = [];
  // Vectors of two models do not compare at all; two pipelines give nearly the same texts.
  if (models.other > 0) {
    parts.push(`${models.other} of ${models.total} chunks are of ${models.names.join(", ")}, queries of ${model}`);
    hints.push({ cause: "mixed-versions", weight: weightOf(models.other / models.total, 0.2, 0.7, 0.99) });
  }
  if (pipelines.other > 0) {
    parts.push(`${pipelines.other} of ${pipelines.total} were cut by pipeline ${pipelines.names.join(", ")}`);
    hints.push({ cause: "mixed-versions", weight: weightOf(pipelines.other / pipelines.total, 0.5, 0.3, 0.6) });
  }
  return suspicious(`${parts.join("; ")}.`, figures, hints);
}

function otherShare(counts: Readonly<Record<string, number>>, expected: string) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const names = Object.keys(counts).filter((name) => name !== expected && counts[name]! > 0);
  return { total, names, other: total - (counts[expected] ?? 0) };
}

const tolerableStaleness = 0.02;

export function staleDocuments({ staleness }: Facts): Outcome {
  if (!staleness || staleness.documents === 0) return unknown("sources have not been compared with the library");
  const { documents, changed, missing, overdue } = staleness;
  const figures: Figure[] = [
    { name: "changed since indexed", value: changed },
    { name: "sources gone", value: missing },
    { name: "overdue", value: overdue },
  ];
  const share = Math.min(1, (changed + missing + overdue) / documents);
  if (share <= tolerableStaleness) {
    return fine(`${changed + missing + overdue} of ${documents} documents lag behind their sources.`, figures);
  }
  const sentence = `Of ${documents} documents ${changed} have changed since they were indexed, ${missing} are gone and ${overdue} are overdue.`;
  return suspicious(sentence, figures, [{ cause: "stale-documents", weight: weightOf(share, 0.3, 0.4, 0.95) }]);
}

export function cacheContents({ cache }: Facts): Outcome {
  if (!cache) return unknown("no figures of the cache");
  const { entries, lookups, hits, probes, mismatches } = cache;
  const figures: Figure[] = [
    { name: "entries", value: entries },
    { name: "hits of lookups", value: `${hits} of ${lookups}` },
    { name: "differing of probed", value: `${mismatches} of ${probes}`, limit: 0 },
  ];
  if (mismatches > 0) {
    const sentence = `${mismatches} of ${probes} remembered vectors are not what the model gives for their texts.`;
    return suspicious(sentence, figures, [
      { cause: "poisoned-cache", weight: weightOf(mismatches / probes, 0.5, 0.8, 0.97) },
    ]);
  }
  if (hits > lookups) {
    return suspicious(`The cache counts ${hits} hits of ${lookups} lookups: its keys cannot be right.`, figures, [
      { cause: "poisoned-cache", weight: 0.5 },
    ]);
  }
  // Costs time, not quality.
  if (lookups >= 1000 && hits === 0) {
    return notice(`None of ${lookups} lookups was a hit: the same text may get another key each time.`, figures);
  }
  if (probes === 0) return fine(`${hits} of ${lookups} lookups were hits.`, figures);
  return fine(`${probes} remembered vectors are what the model gives.`, figures);
}
