// What health is called, and what changed when, in one list.
import type { Health, HealthStatus } from "../api/health.js";
import { modelName } from "../text/model-name.js";
import { plural } from "../text/numbers.js";

export const statusNames: Readonly<Record<HealthStatus, string>> = {
  healthy: "Healthy",
  warning: "Warning",
  critical: "Critical",
  unknown: "Too little is known",
};

export type Change = {
  at: string;
  kind: "ingest" | "migration" | "raised" | "cleared" | "baseline" | "confidence";
  text: string;
};

const mostChanges = 30;

/** Ingests, migrations, alerts, and what was found out about the library, the newest first. */
export function changesOf({
  embeddings,
  queries,
  events,
  migrations,
}: Pick<Health, "embeddings" | "queries" | "events" | "migrations">): Change[] {
  const { baseline, runs } = embeddings;
  const changes: Change[] = [
    ...runs.map(({ finishedAt, documents, failed }): Change => {
      const left = failed > 0 ? `, ${plural(failed, "failure")}` : "";
      return { at: finishedAt, kind: "ingest", text: `${plural(documents, "document")} came in${left}` };
    }),
    ...migrations.map(({ startedAt, model }): Change => {
      return { at: startedAt, kind: "migration", text: `A migration began, to an index of ${modelName(model)}` };
    }),
    ...events.map(({ at, kind, sentence }): Change => ({ at, kind, text: sentence })),
    ...(baseline
      ? [{ at: baseline.madeAt, kind: "baseline" as const, text: `Baseline of ${plural(baseline.rows, "document")}` }]
      : []),
    ...(queries.confidence
      ? [{ at: queries.confidence.calibratedAt, kind: "confidence" as const, text: "Confidence was calibrated" }]
      : []),
  ];
  return changes.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, mostChanges);
}
