// The bench checks itself before it says anything: two exact searches that know nothing of each other, ours and the scan of
// exact-scan.ts, must agree on every query.

import type { ScenarioResult } from "./result.js";

/** What is wrong; empty where all is well. */
export function exactFaults({ systems, title }: ScenarioResult): string[] {
  const exact = systems.flatMap(({ points, name }) =>
    points.filter(({ setting }) => name === "lodestone" && setting.family === "exact"),
  );
  if (exact.length === 0)
    return [`${title}: our exact search was not measured, so that nothing vouches for the ground truth.`];
  return exact.flatMap(({ k, searched, check, held }) => {
    const recall = Math.min(check.recall, held.recall);
    if (recall === 1) return [];
    const where = searched.kind === "filter" ? `filter of ${searched.share * 100} %` : searched.kind;
    return [`${title}: our exact search and the independent scan differ (k = ${k}, ${where}: ${recall.toFixed(6)}).`];
  });
}
