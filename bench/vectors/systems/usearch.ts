// usearch with its default expansion while building and connectivity 16, on all cores. Its JavaScript face takes the
// expansion of a search only when an index is made, so that each setting loads the saved index anew. It has no filters.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { loadPeer, versionOf } from "./peer-packages.js";
import { type BenchSystem, curve, type Setting, type SystemPlace } from "./system.js";

type Index = {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(query: Float32Array, k: number, threads: number): { keys: BigUint64Array };
  remove(keys: BigUint64Array): unknown;
  save(path: string): void;
  load(path: string): void;
};
type Config = {
  dimensions: number;
  metric: "ip";
  quantization: "f32";
  connectivity: number;
  expansion_add: number;
  expansion_search: number;
  multi: boolean;
};
type Usearch = { Index: new (config: Config) => Index };

const rowsPerSlice = 2048;
const settings = curve("usearch", "ef", [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]);

export async function openSystem(place: SystemPlace): Promise<BenchSystem<Float32Array, never>> {
  return systemOf(newIndex(place, settings[0]!), place);
}

export async function reopenSystem(place: SystemPlace): Promise<BenchSystem<Float32Array, never>> {
  const index = newIndex(place, settings[4]!);
  index.load(fileIn(place));
  return systemOf(index, place);
}

function newIndex({ dimensions }: SystemPlace, { parameters }: Setting): Index {
  const { Index } = loadPeer<Usearch>("usearch");
  return new Index({
    dimensions,
    metric: "ip",
    quantization: "f32",
    connectivity: 16,
    expansion_add: 128,
    expansion_search: parameters.ef!,
    multi: false,
  });
}

function fileIn({ folder }: SystemPlace): string {
  return join(folder, "index.usearch");
}

function systemOf(opened: Index, place: SystemPlace): BenchSystem<Float32Array, never> {
  let index = opened;
  const path = fileIn(place);
  return {
    version: versionOf("usearch"),
    settings,
    isAsynchronous: false,
    filters: undefined,
    async build({ slices, onProgress }) {
      for await (const { first, count, vectors } of slices(rowsPerSlice)) {
        index.add(
          BigUint64Array.from({ length: count }, (_, i) => BigInt(first + i)),
          vectors,
          0,
        );
        onProgress(first + count, place.rows);
      }
      return {};
    },
    prepare: (query) => query,
    filterOf: () => {
      throw new Error("usearch has no filters in JavaScript.");
    },
    select(setting) {
      index = newIndex(place, setting);
      index.load(path);
      global.gc?.();
    },
    search: (query, k) => ({ rows: Array.from(index.search(query, k, 1).keys, Number) }),
    async structure() {
      index.save(path);
      const { size } = await stat(path);
      return { memoryBytes: size, diskBytes: size, note: "its file, read into memory whole" };
    },
    async remove(removed) {
      index.remove(BigUint64Array.from(removed, BigInt));
      index.save(path);
    },
    persist: async () => index.save(path),
    close: async () => undefined,
  };
}
