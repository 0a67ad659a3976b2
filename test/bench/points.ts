// Measured points and systems for tests of what is made of them.

import type { Half, Point, ScenarioResult, SystemResult } from "../../bench/vectors/result.js";

type Wanted = {
  family?: string;
  label?: string;
  parameters?: Record<string, number>;
  k?: number;
  searched?: Point["searched"];
  /** Recall, and the median wait. */
  check?: [recall: number, ms: number];
  held?: [recall: number, ms: number];
};

export function point({ family = "curve", label = "setting", parameters = {}, ...rest }: Wanted): Point {
  const check = rest.check ?? [1, 1];
  return {
    setting: { family, label, parameters },
    k: rest.k ?? 10,
    searched: rest.searched ?? { kind: "all" },
    check: half(check),
    held: half(rest.held ?? check),
    plans: {},
    loop: { p50Ms: 0, p99Ms: 1, maxMs: 2, idleMaxMs: 1 },
  };
}

function half([recall, ms]: [number, number]): Half {
  const waited = { queries: 50, meanMs: ms, p50Ms: ms, p95Ms: ms * 2, p99Ms: ms * 3 };
  return { queries: 50, recall, waited, rounds: [waited] };
}

export function system(name: SystemResult["name"], title: string, points: Point[]): SystemResult {
  const setting = points[0]?.setting ?? { family: title, label: "setting", parameters: {} };
  const waited = { queries: 50, meanMs: 1, p50Ms: 1, p95Ms: 2, p99Ms: 3 };
  const loop = { p50Ms: 0, p99Ms: 1, maxMs: 2, idleMaxMs: 1 };
  return {
    name,
    title,
    kind: name.startsWith("lodestone") ? "ours" : "peer",
    version: "1.2.3",
    isAsynchronous: name.startsWith("lodestone"),
    filters: "bitmap",
    build: {
      readyMs: 1500,
      stepsMs: {},
      memory: { beforeBytes: 4e7, peakBytes: 9e7, settledBytes: 8e7 },
      structure: { memoryBytes: 1e6, diskBytes: 2e6, note: "codes & <vectors>" },
      loop,
      status: undefined,
    },
    points,
    throughput: [1, 8].map((clients) => ({ setting, clients, queriesPerSecond: 1000, rounds: [1000], waited, loop })),
  };
}

export function scenario(systems: SystemResult[]): ScenarioResult {
  return {
    name: "100-real",
    title: "100 real vectors",
    vectors: { label: "real", source: "real", rows: 100, dimensions: 8, queries: 100 },
    rounds: 1,
    systems,
    skipped: [],
  };
}
