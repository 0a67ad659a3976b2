// The border to hnswlib-node, the only file that touches it. The addon is optional, single-threaded and trusting: it stores
// NaN, loads a damaged file into a crash, reports no failed write, forgets ef at each load and dies of an exception in a
// filter callback. So: only finite vectors of the right length come here (validate-vectors.ts), only verified
// files (graph-file.ts), every load gets a fresh object, no search counts on its ef, and no callback is ever passed.

import { LodestoneError, messageOf } from "../errors.js";

/** Links a node keeps on the upper layers; twice as many on the lowest. */
export const M = 16;
/** Candidates looked at when a node is linked. */
export const efConstruction = 200;

/** What is used of an hnswlib-node index. */
type HierarchicalNSW = {
  initIndex(maxElements: number, m: number, efConstruction: number, randomSeed: number): void;
  addPoint(point: number[], label: number): void;
  searchKnn(query: number[], k: number): { neighbors: number[] };
  readIndex(path: string): Promise<boolean>;
  writeIndex(path: string): Promise<boolean>;
  getCurrentCount(): number;
};

export type GraphAddon = { HierarchicalNSW: new (space: "ip", dimensions: number) => HierarchicalNSW };

export type AddonState = { state: "available"; addon: GraphAddon } | { state: "unavailable"; reason: string };

/** The optional package that brings the addon. */
export const addonPackage = "hnswlib-node";

/** Loads the addon from module `name`. It may be missing or not built for this platform: the index is complete without it. */
export async function loadAddon(name: string): Promise<AddonState> {
  try {
    const loaded = (await import(name)) as Partial<GraphAddon> & { default?: Partial<GraphAddon> };
    const HierarchicalNSW = loaded.HierarchicalNSW ?? loaded.default?.HierarchicalNSW;
    if (!HierarchicalNSW) return { state: "unavailable", reason: `${name} has no HierarchicalNSW` };
    return { state: "available", addon: { HierarchicalNSW } };
  } catch (error) {
    // Node's messages go on to list every place searched; the first line says what is wrong.
    const [reason] = messageOf(error).split("\n");
    return { state: "unavailable", reason: `${name} cannot be loaded: ${reason}` };
  }
}

/** A graph under construction, for vectors of unit norm under the inner product. */
export class GraphBuilder {
  readonly #index: HierarchicalNSW;
  readonly #point: number[];

  constructor(addon: GraphAddon, dimensions: number, rowCount: number) {
    this.#index = new addon.HierarchicalNSW("ip", dimensions);
    // A fixed seed: the same rows in the same order give the same file.
    this.#index.initIndex(rowCount, M, efConstruction, 100);
    this.#point = new Array<number>(dimensions).fill(0);
  }

  /** Links one row; about half a millisecond, during which the thread is blocked. */
  add(row: number, vector: Float32Array): void {
    for (let i = 0; i < vector.length; i++) this.#point[i] = vector[i]!;
    this.#index.addPoint(this.#point, row);
  }

  /** Writes what Graph.read reads. The addon reports no failure at all: the file must be checked afterwards. */
  async write(path: string): Promise<void> {
    await this.#index.writeIndex(path);
  }
}

/** A loaded graph. Its rows are those given at the build, whatever became of them since. */
export class Graph {
  readonly rowCount: number;
  readonly #index: HierarchicalNSW;

  private constructor(index: HierarchicalNSW, rowCount: number) {
    this.#index = index;
    this.rowCount = rowCount;
  }

  /** Reads a file whose hash and dimensions have been verified; off this thread, so that searches go on meanwhile. */
  static async read(addon: GraphAddon, path: string, dimensions: number, rowCount: number): Promise<Graph> {
    const index = new addon.HierarchicalNSW("ip", dimensions);
    try {
      await index.readIndex(path);
    } catch (cause) {
      throw new LodestoneError("INDEX_DAMAGED", `The graph at ${path} cannot be read: ${messageOf(cause)}.`, {
        cause,
        detail: { path },
      });
    }
    const found = index.getCurrentCount();
    if (found !== rowCount) {
      throw new LodestoneError(
        "INDEX_DAMAGED",
        `The graph at ${path} has ${found} rows; its header says ${rowCount}.`,
        {
          detail: { path, found, rowCount },
        },
      );
    }
    return new Graph(index, rowCount);
  }

  /** About the `ef` nearest rows, nearest first. More find more, and take longer. */
  nearest(query: Float32Array, ef: number): Uint32Array {
    // The walk keeps max(k, ef) candidates, where the addon's own ef is 10 after every load: all of them are asked for.
    const k = Math.min(ef, this.rowCount);
    return Uint32Array.from(this.#index.searchKnn(Array.from(query), k).neighbors);
  }

  /** Frees the native memory at once; the collector does not know how much hangs on this small object. */
  release(): void {
    this.#index.initIndex(1, M, efConstruction, 100);
  }
}
