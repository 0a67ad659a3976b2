// The systems that can be measured, by name.

import { isInstalled } from "./peer-packages.js";
import type { SystemModule } from "./system.js";

export type SystemEntry = {
  title: string;
  kind: "ours" | "peer";
  /** Packages of bench/peers that it needs. */
  packages: readonly string[];
  /** Above these rows it is left out, and why. */
  most?: { rows: number; reason: string };
  load(): Promise<SystemModule>;
};

const systems = {
  lodestone: {
    title: "Lodestone",
    kind: "ours",
    packages: [],
    load: () => import("./lodestone.js"),
  },
  "lodestone-graph": {
    title: "Lodestone graph",
    kind: "ours",
    packages: [],
    most: { rows: 500_000, reason: "its graph takes as long to build as hnswlib-node's" },
    load: () => import("./lodestone-graph.js"),
  },
  "lodestone-float16": {
    title: "Lodestone float16",
    kind: "ours",
    packages: [],
    load: () => import("./lodestone-float16.js"),
  },
  "lodestone-int8": {
    title: "Lodestone int8",
    kind: "ours",
    packages: [],
    load: () => import("./lodestone-int8.js"),
  },
  "lodestone-disk": {
    title: "Lodestone on disk",
    kind: "ours",
    packages: [],
    load: () => import("./lodestone-disk.js"),
  },
  hnswlib: {
    title: "hnswlib-node",
    kind: "peer",
    packages: ["hnswlib-node"],
    load: () => import("./hnswlib.js"),
  },
  usearch: {
    title: "usearch",
    kind: "peer",
    packages: ["usearch"],
    load: () => import("./usearch.js"),
  },
  "lancedb-hnsw": {
    title: "LanceDB HNSW-SQ",
    kind: "peer",
    packages: ["@lancedb/lancedb", "apache-arrow"],
    most: { rows: 500_000, reason: "its graph takes too long to build" },
    load: () => import("./lancedb-hnsw.js"),
  },
  "lancedb-pq": {
    title: "LanceDB IVF-PQ",
    kind: "peer",
    packages: ["@lancedb/lancedb", "apache-arrow"],
    load: () => import("./lancedb-pq.js"),
  },
  "sqlite-vec": {
    title: "sqlite-vec",
    kind: "peer",
    packages: ["sqlite-vec", "better-sqlite3"],
    load: () => import("./sqlite-vec.js"),
  },
  "sqlite-vec-binary": {
    title: "sqlite-vec binary",
    kind: "peer",
    packages: ["sqlite-vec", "better-sqlite3"],
    load: () => import("./sqlite-vec-binary.js"),
  },
  orama: {
    title: "Orama",
    kind: "peer",
    packages: ["@orama/orama"],
    most: { rows: 100_000, reason: "it scans in JavaScript and keeps each vector as a document, too" },
    load: () => import("./orama.js"),
  },
} satisfies Record<string, SystemEntry>;

export type SystemName = keyof typeof systems;

export const systemNames = Object.keys(systems) as SystemName[];
export const peerNames = systemNames.filter((name) => systems[name].kind === "peer");
export const ownNames = systemNames.filter((name) => systems[name].kind === "ours");

export function systemEntry(name: SystemName): SystemEntry {
  return systems[name];
}

/** Why the system cannot be measured over so many rows; undefined where it can. */
export function whyNot(name: SystemName, rows: number): string | undefined {
  const { packages, most } = systemEntry(name);
  const missing = packages.filter((each) => !isInstalled(each));
  if (missing.length > 0) return `${missing.join(" and ")} not installed: npm ci --prefix bench/peers`;
  if (most && rows > most.rows) return `left out above ${most.rows.toLocaleString("en-US")} rows: ${most.reason}`;
  return undefined;
}
