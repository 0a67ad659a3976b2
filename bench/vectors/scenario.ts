// What is measured: one scenario is one set of vectors and the systems that search it.

import { ownNames, peerNames, type SystemName } from "./systems/registry.js";

export type Scenario = {
  name: string;
  title: string;
  rows: number;
  /** Absent: real passages, as wide as the bundled model makes them. */
  dimensions?: number;
  queries: number;
  systems: readonly SystemName[];
  effort: Effort;
};

export type Effort = {
  rounds: number;
  /** Time for one setting in one round, for the main curve and for what else is measured. */
  mainMs: number;
  sideMs: number;
  /** Queries of a round of what else is measured; another part of them in each round. */
  sideQueries: number;
  /** Asked even where time is up. */
  minQueries: number;
};

const thorough: Effort = { rounds: 3, mainMs: 500, sideMs: 150, sideQueries: 200, minQueries: 16 };
const brief: Effort = { rounds: 2, mainMs: 60, sideMs: 30, sideQueries: 60, minQueries: 10 };

export type ScenarioChoice = {
  preset: "default" | "full" | "quick";
  rows?: number | undefined;
  dimensions?: number | undefined;
  queries: number;
  peers: readonly SystemName[];
};

export function scenariosFor({ preset, rows, dimensions, queries, peers }: ScenarioChoice): Scenario[] {
  const everything = [...ownNames, ...peers];
  const only = (...wanted: SystemName[]) => everything.filter((name) => wanted.includes(name));
  if (preset === "quick") {
    return [
      scenario(
        rows ?? 2000,
        dimensions ?? 64,
        Math.min(queries, 60),
        only("lodestone", "lodestone-graph", ...peers),
        brief,
      ),
    ];
  }
  if (rows !== undefined || dimensions !== undefined) {
    return [scenario(rows ?? 100_000, dimensions, queries, everything, thorough)];
  }
  const real = [10_000, 100_000].map((count) => scenario(count, undefined, queries, everything, thorough));
  if (preset === "default") return real;
  // Where only the width changes, one rival tells enough.
  const wide = [768, 1024].map((width) =>
    scenario(100_000, width, queries, only(...ownNames, "hnswlib", "usearch"), thorough),
  );
  return [...real, ...wide, scenario(1_000_000, 384, Math.min(queries, 400), everything, thorough)];
}

export const defaultPeers: readonly SystemName[] = peerNames;

function scenario(
  rows: number,
  dimensions: number | undefined,
  queries: number,
  systems: readonly SystemName[],
  effort: Effort,
): Scenario {
  const count = rows.toLocaleString("en-US");
  return {
    name: `${rows}-${dimensions ?? "real"}`,
    title:
      dimensions === undefined ? `${count} real vectors` : `${count} synthetic vectors of ${dimensions} dimensions`,
    rows,
    ...(dimensions === undefined ? {} : { dimensions }),
    queries,
    systems,
    effort,
  };
}
