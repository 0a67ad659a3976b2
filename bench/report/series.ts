// How a system looks in every plot: a colour of its own, and for each of its curves a shape and a dash.

import type { Look } from "../../src/report/index.js";
import type { SystemResult } from "../vectors/result.js";
import { curveName } from "./tables.js";

const tones: Record<string, string> = {
  hnswlib: "blue",
  usearch: "teal",
  "lancedb-hnsw": "violet",
  "lancedb-pq": "violet",
  "sqlite-vec": "gold",
  "sqlite-vec-binary": "gold",
  orama: "grey",
};

const forms: Record<string, Pick<Look, "shape" | "dash">> = {
  auto: { shape: "circle", dash: "solid" },
  ivf: { shape: "diamond", dash: "solid" },
  prefilter: { shape: "triangle", dash: "dashed" },
  exact: { shape: "square", dash: "dotted" },
  graph: { shape: "diamond", dash: "dotted" },
  float16: { shape: "square", dash: "dashed" },
  int8: { shape: "triangle", dash: "dotted" },
  "LanceDB IVF-PQ": { shape: "triangle", dash: "dashed" },
  "sqlite-vec binary": { shape: "triangle", dash: "dashed" },
  Orama: { shape: "square", dash: "dotted" },
};

export function lookOf(system: SystemResult, family: string): Look {
  return {
    name: curveName(system, family),
    tone: system.kind === "ours" ? "own" : (tones[system.name] ?? "grey"),
    ...(forms[family] ?? { shape: "circle", dash: "solid" }),
  };
}
