// Keeps the graph of a large library: loads it when the engine opens, builds it anew in the background when too many
// rows are outside it. Searches never wait for it: what is not in the graph is scanned.

import { mkdir } from "node:fs/promises";
import { LodestoneError, messageOf } from "../errors.js";
import type { GraphStatus, VectorIndex } from "../vectors/index.js";
import type { IndexFolder } from "./index-folder.js";

export type GraphKeeperOptions = {
  folder: IndexFolder;
  modelVersion: string;
  readOnly: boolean;
  /** Fewest live rows for which a graph is built; 0 for never. */
  fromRows: number;
  onNotice(notice: string): void;
};

// A graph is built anew when a smaller share than this of the live rows is in it.
const MIN_COVERAGE = 0.75;
// What could not be built, for want of memory or of a folder, is tried again when the library has grown by so much.
const RETRY_GROWTH = 1.1;

export class GraphKeeper {
  readonly #vectors: VectorIndex;
  readonly #options: GraphKeeperOptions;
  readonly #place: { directory: string; modelVersion: string };
  readonly #stop = new AbortController();
  #building: Promise<void> | undefined;
  /** Live rows when a build failed. */
  #failedAtRows = 0;

  constructor(vectors: VectorIndex, options: GraphKeeperOptions) {
    this.#vectors = vectors;
    this.#options = options;
    this.#place = { directory: options.folder.directory, modelVersion: options.modelVersion };
  }

  /** Puts a stored graph to use; reports one that is damaged, and what it means that there is none to be had. */
  async load(): Promise<void> {
    const { onNotice, fromRows } = this.#options;
    const { rows, graph } = await this.#vectors.status();
    if (fromRows === 0) return;
    if (graph.state === "unavailable") {
      onNotice(
        `Searching without a graph: ${graph.reason}. Nothing is lost but some speed in libraries of a million chunks.`,
      );
      return;
    }
    if (rows < fromRows) return;
    try {
      await this.#vectors.loadGraph(this.#place);
    } catch (error) {
      if (!(error instanceof LodestoneError)) throw error;
      if (error.code !== "NOT_FOUND") onNotice(`The stored graph is not used: ${error.message}`);
    }
    await this.consider();
  }

  /** Starts a build where the library needs one and none is under way. */
  async consider(): Promise<void> {
    if (this.#options.readOnly || this.#building || this.#stop.signal.aborted) return;
    const { rows, graph } = await this.#vectors.status();
    if (!this.#isWanted(rows, graph) || this.#building) return;
    this.#building = this.#build(rows).finally(() => {
      this.#building = undefined;
    });
  }

  /** Stops a running build; the stored graph stays as it was. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#building;
  }

  #isWanted(rows: number, graph: GraphStatus): boolean {
    const { fromRows } = this.#options;
    if (fromRows === 0 || rows < fromRows || graph.state === "unavailable") return false;
    if (rows < this.#failedAtRows * RETRY_GROWTH) return false;
    return graph.state !== "ready" || graph.usable < rows * MIN_COVERAGE;
  }

  async #build(sequence: number): Promise<void> {
    try {
      await mkdir(this.#place.directory, { recursive: true });
      await this.#vectors.buildGraph({ ...this.#place, sequence, signal: this.#stop.signal });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#failedAtRows = sequence;
      this.#options.onNotice(`The graph could not be built: ${messageOf(error)} Searches go on without it.`);
    }
  }
}
