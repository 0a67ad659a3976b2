// hnswlib-node used plainly: M 16, efConstruction 200, inner products of unit vectors.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { partLimit, partOf } from "../row-sets.js";
import { loadPeer, versionOf } from "./peer-packages.js";
import { type BenchSystem, curve, type SystemPlace } from "./system.js";

type Graph = {
  initIndex(options: { maxElements: number; m: number; efConstruction: number }): void;
  addPoint(point: number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(point: number[], k: number, filter?: (label: number) => boolean): { neighbors: number[] };
  markDelete(label: number): void;
  writeIndexSync(path: string): void;
  readIndexSync(path: string): void;
};
type Hnswlib = { HierarchicalNSW: new (space: "ip", dimensions: number) => Graph };
type Allows = (label: number) => boolean;

const rowsPerSlice = 256;

export async function openSystem(place: SystemPlace): Promise<BenchSystem<number[], Allows>> {
  const graph = newGraph(place.dimensions);
  graph.initIndex({ maxElements: place.rows, m: 16, efConstruction: 200 });
  return systemOf(graph, place);
}

export async function reopenSystem(place: SystemPlace): Promise<BenchSystem<number[], Allows>> {
  const graph = newGraph(place.dimensions);
  graph.readIndexSync(fileIn(place));
  return systemOf(graph, place);
}

function newGraph(dimensions: number): Graph {
  const { HierarchicalNSW } = loadPeer<Hnswlib>("hnswlib-node");
  return new HierarchicalNSW("ip", dimensions);
}

function fileIn({ folder }: SystemPlace): string {
  return join(folder, "graph.hnsw");
}

function systemOf(graph: Graph, place: SystemPlace): BenchSystem<number[], Allows> {
  const { dimensions, rows } = place;
  const path = fileIn(place);
  return {
    version: versionOf("hnswlib-node"),
    settings: curve("hnswlib-node", "ef", [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]),
    isAsynchronous: false,
    filters: "callback for each row met",
    async build({ slices, onProgress }) {
      for await (const { first, count, vectors } of slices(rowsPerSlice)) {
        for (let i = 0; i < count; i++) {
          graph.addPoint(Array.from(vectors.subarray(i * dimensions, (i + 1) * dimensions)), first + i);
        }
        onProgress(first + count, rows);
        await setImmediate();
      }
      return {};
    },
    prepare: (query) => Array.from(query),
    filterOf: (share) => {
      const allowed = Uint8Array.from({ length: rows }, (_, row) => (partOf(row) < partLimit(share) ? 1 : 0));
      return (label) => allowed[label] === 1;
    },
    select: ({ parameters }) => graph.setEf(parameters.ef!),
    search: (query, k, _setting, allows) => ({ rows: graph.searchKnn(query, k, allows).neighbors }),
    async structure() {
      graph.writeIndexSync(path);
      const { size } = await stat(path);
      return { memoryBytes: size, diskBytes: size, note: "its file, read into memory whole" };
    },
    async remove(removed) {
      for (const row of removed) graph.markDelete(row);
    },
    persist: async () => graph.writeIndexSync(path),
    close: async () => undefined,
  };
}
