// What a run leaves behind as JSON: every table and plot is made from it. `format` is raised when a field changes its meaning.

import type { Machine } from "./machine.js";
import type { BuildReport, LoopDelay, OpenReport } from "./process-protocol.js";
import type { LatencySummary } from "./statistics.js";
import type { SystemName } from "./systems/registry.js";
import type { Setting } from "./systems/system.js";

export const resultFormat = 1;

export type BenchResult = {
  format: typeof resultFormat;
  command: string;
  machine: Machine;
  scenarios: ScenarioResult[];
};

export type ScenarioResult = {
  name: string;
  title: string;
  vectors: { label: string; source: "real" | "synthetic"; rows: number; dimensions: number; queries: number };
  rounds: number;
  systems: SystemResult[];
  skipped: { title: string; reason: string }[];
};

export type SystemResult = {
  name: SystemName;
  title: string;
  kind: "ours" | "peer";
  version: string;
  isAsynchronous: boolean;
  filters?: string;
  build: BuildReport;
  points: Point[];
  throughput: Throughput[];
  open?: OpenReport;
  /** How long it took to delete rows, and to settle after. */
  removal?: { ms: number; rows: number; loop: LoopDelay };
};

/** What is searched: all rows, those that a filter allows, or those that the deletes left. */
export type Searched = { kind: "all" } | { kind: "filter"; share: number } | { kind: "deletes" };

/** One setting, measured over queries of which one half chooses settings and the other is reported. */
export type Point = {
  setting: Setting;
  k: number;
  searched: Searched;
  /** Queries of even number. */
  check: Half;
  /** Queries of odd number: never used to choose anything. */
  held: Half;
  /** Answers by each plan, where the system chooses one. */
  plans: Record<string, number>;
  loop: LoopDelay;
};

export type Half = {
  queries: number;
  recall: number;
  /** As the caller waited; the median over rounds of each figure. */
  waited: LatencySummary;
  rounds: LatencySummary[];
  /** As the system itself reports, where it does. */
  reported?: LatencySummary;
};

export type Throughput = {
  setting: Setting;
  clients: number;
  /** The median over rounds. */
  queriesPerSecond: number;
  rounds: number[];
  waited: LatencySummary;
  loop: LoopDelay;
};

export function isSameSearch(a: Searched, b: Searched): boolean {
  return a.kind === b.kind && (a.kind !== "filter" || b.kind !== "filter" || a.share === b.share);
}
