// The vector index as the engine sees it: checks what comes in, writes vectors into shared memory, and lets one worker
// thread search them. Changes are applied one after the other; searches run beside them.

import { setImmediate } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import { checkPrefixes, checkShape, checkVectors } from "./check-vectors.js";
import type { PlanRequest } from "./choose-plan.js";
import { type CodeOptions, defaultCodes } from "./code-upkeep.js";
import { addonPackage } from "./graph.js";
import type { GraphBuildProgress, GraphBuildRequest } from "./graph-build.js";
import type { GraphBuildVerbs, GraphBuildWorkerData } from "./graph-build-worker.js";
import { codeForms } from "./quantizer.js";
import type { RowBitmap } from "./row-bitmap.js";
import type { SearchVerbs, SearchWorkerData } from "./search-worker.js";
import { truncated } from "./truncation.js";
import { type VectorFormat, vectorFormats } from "./vector-format.js";
import type { CodeStatus, GraphPlace, GraphStatus, SearchResult } from "./vector-searcher.js";
import { VectorStore } from "./vector-store.js";

export type VectorIndexOptions = {
  /** Length of every vector that is given, 1 to 4096. */
  dimensions: number;
  /**
   * How vectors are kept, which is what searches score: "float32" (default), "float16" in half the memory, "int8" in a quarter.
   * Everything else, codes and graphs too, is made of the vectors as they are kept.
   */
  format?: VectorFormat | undefined;
  /**
   * Keeps only so many of the first dimensions of every vector and query, brought back to unit length. For vectors of a model
   * that was trained for it. Default: all of them.
   */
  truncate?: number | undefined;
  graph?: {
    /** Module that brings HierarchicalNSW. Default: hnswlib-node; where it cannot be loaded there are no graphs. */
    addon?: string;
  };
  /**
   * Codes of one bit a dimension, for plan "prefilter". `form`: "measured" (default) takes whichever serves the index's own
   * vectors best; "rabitq", "centred" and "sign" are taken as they are; "none" makes no codes. `minRows`: live rows from
   * which codes are made, default 4096. `listsFromRows`: live rows from which they lie in lists, default 32,768. `scanThreads`: threads that share a scan of 50,000 rows and more, the searching one
   * included; default all cores, up to 4.
   */
  codes?: Partial<CodeOptions>;
};

export type SearchOptions = {
  /** Results wanted, at least 1. More than there are rows gives all. */
  k: number;
  /** Only these rows. Default: all. */
  allow?: RowBitmap | undefined;
  /**
   * Default "auto". "graph" throws GRAPH_UNAVAILABLE where none is loaded; a filter too narrow for it is scanned all the same,
   * and so is everything under "prefilter" while there are no codes.
   */
  plan?: PlanRequest | undefined;
  /** Candidates kept on a walk of the graph. Default 128. */
  ef?: number | undefined;
  /** Wanted share of the true k nearest, 0.9 to 1. Default 0.99. At 1 the search is exact. */
  recall?: number | undefined;
  /** Candidates of the prefilter for each result, at least 1. Default: as many as were measured to reach `recall`. */
  oversampling?: number | undefined;
  /** Lists that plan "ivf" scans, at least 1. Default: as many as were measured to reach `recall`. */
  probes?: number | undefined;
  signal?: AbortSignal | undefined;
};

export type { SearchResult };

export type VectorStatus = {
  dimensions: number;
  format: VectorFormat;
  /** Dimensions that are kept of each vector: fewer where it is truncated. */
  storedDimensions: number;
  /** Live rows. */
  rows: number;
  /** Memory of the vectors; a graph holds a second copy, as floats (graph.bytes). */
  bytes: number;
  codes: CodeStatus;
  graph: GraphStatus & { building?: GraphBuildProgress };
};

export type BuildGraphOptions = GraphPlace & {
  /** The caller's number of the last change that the index has seen; kept in the file. */
  sequence: number;
  onProgress?: ((progress: GraphBuildProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
};

export type VectorIndex = {
  /** Length of the vectors that are given, queries too. */
  readonly dimensions: number;
  /** Length of the vectors that are kept. */
  readonly storedDimensions: number;
  /**
   * Adds unit vectors under row numbers, or replaces those that are there; all of them or, on error, none. Of a row given
   * twice the last vector counts. The arrays must not change until the promise settles.
   */
  add(rows: Uint32Array, vectors: Float32Array): Promise<void>;
  /** Hides rows from every later search. Rows that are not there are passed over. */
  remove(rows: Uint32Array): Promise<void>;
  /** The k rows of highest cosine to a unit vector, as both are kept; equal scores by row. */
  search(query: Float32Array, options: SearchOptions): Promise<SearchResult>;
  /** The same for many queries, one after the other in one array; results in their order. Other searches come in between. */
  searchMany(queries: Float32Array, options: SearchOptions): Promise<SearchResult[]>;
  /**
   * Vectors of live rows as they are kept, `storedDimensions` floats each, one after the other. Throws NOT_FOUND naming the rows
   * that are not live.
   */
  vectorsOf(rows: Uint32Array): Promise<Float32Array>;
  /** Builds a graph of the present live rows in a thread of its own, writes it to `directory` and puts it to use. */
  buildGraph(options: BuildGraphOptions): Promise<GraphStatus>;
  /**
   * Loads the graph from `directory` and puts it to use. Rows whose vectors differ from those in the graph are scanned
   * beside it, so any graph of the right model will do. NOT_FOUND: none was written; INDEX_DAMAGED: build it anew.
   */
  loadGraph(place: GraphPlace): Promise<GraphStatus>;
  status(): Promise<VectorStatus>;
  /** Resolves when every row that is to have a code has one, and the codes have been measured. Searches need not wait for it. */
  settle(): Promise<void>;
  /** Stops a running build, then the worker. */
  close(): Promise<void>;
};

const maxDimensions = 4096;

/** Floats checked or copied in one go: about 2 ms. */
const sliceFloats = 1 << 20;

export async function openVectorIndex(options: VectorIndexOptions): Promise<VectorIndex> {
  const { dimensions, format = "float32", truncate = dimensions } = options;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > maxDimensions) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `Dimensions are a whole number from 1 to ${maxDimensions}, not ${dimensions}.`,
    );
  }
  if (!vectorFormats.includes(format)) {
    throw new LodestoneError("INVALID_INPUT", `"format" is ${vectorFormats.join(", ")}, not "${format}".`);
  }
  if (!Number.isInteger(truncate) || truncate < 1 || truncate > dimensions) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `"truncate" is a whole number from 1 to ${dimensions}, the dimensions, not ${truncate}.`,
    );
  }
  const store = VectorStore.create(truncate, format);
  const addon = options.graph?.addon ?? addonPackage;
  const codes = { ...defaultCodes, ...options.codes };
  checkCount("codes.minRows", codes.minRows);
  checkCount("codes.listsFromRows", codes.listsFromRows);
  checkCount("codes.scanThreads", codes.scanThreads);
  if (![...codeForms, "measured", "none"].includes(codes.form)) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `"codes.form" is ${[...codeForms, "measured"].join(", ")} or none, not "${codes.form}".`,
    );
  }
  const workerData: SearchWorkerData = { store: store.handle(), addon, codes };
  const worker = await startWorker<SearchVerbs>(
    new URL("./search-worker.js", import.meta.url),
    workerData,
    "vector search",
  );
  return new SharedVectorIndex(dimensions, store, worker, addon);
}

class SharedVectorIndex implements VectorIndex {
  readonly dimensions: number;
  readonly storedDimensions: number;
  /** Its rows are the worker's, as of the last change that the worker confirmed. */
  readonly #store: VectorStore;
  readonly #worker: WorkerClient<SearchVerbs>;
  readonly #addon: string;
  #lastChange: Promise<void> = Promise.resolve();
  #chunksSent = 0;
  #build: { abort: AbortController; progress: GraphBuildProgress; ended: Promise<unknown> } | undefined;

  constructor(dimensions: number, store: VectorStore, worker: WorkerClient<SearchVerbs>, addon: string) {
    this.dimensions = dimensions;
    this.storedDimensions = store.dimensions;
    this.#store = store;
    this.#worker = worker;
    this.#addon = addon;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    checkRows(rows);
    await this.#change(() => this.#add(rows, vectors));
  }

  async remove(rows: Uint32Array): Promise<void> {
    checkRows(rows);
    const removed = rows.slice();
    await this.#change(async () => {
      await this.#worker.call("remove", removed);
      this.#store.release(this.#store.unbind(removed));
    });
  }

  async search(query: Float32Array, options: SearchOptions): Promise<SearchResult> {
    const { sent, transfer } = searchQuery(this.#checkedQueries(query, 1), options);
    return this.#worker.call("search", sent, { signal: options.signal, transfer });
  }

  async searchMany(queries: Float32Array, options: SearchOptions): Promise<SearchResult[]> {
    const count = Math.ceil(queries.length / this.dimensions);
    const { sent, transfer } = searchQuery(this.#checkedQueries(queries, count), options);
    return this.#worker.call("searchMany", sent, { signal: options.signal, transfer });
  }

  async vectorsOf(rows: Uint32Array): Promise<Float32Array> {
    checkRows(rows);
    return this.#worker.call("vectorsOf", rows.slice());
  }

  async buildGraph({ directory, modelVersion, sequence, onProgress, signal }: BuildGraphOptions): Promise<GraphStatus> {
    if (!Number.isSafeInteger(sequence) || sequence < 0) {
      throw new LodestoneError("INVALID_INPUT", `"sequence" is a whole number of at least 0, not ${sequence}.`);
    }
    if (this.#build) throw new LodestoneError("INVALID_INPUT", "A graph of this index is being built already.");
    const rows = this.#store.rows();
    const slots = rows.map((row) => this.#store.slotOf(row));
    if (rows.length === 0) throw new LodestoneError("INVALID_INPUT", "There are no rows to build a graph of.");
    const abort = new AbortController();
    const stop = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
    const ended = this.#runBuild({ directory, modelVersion, sequence, rows, slots }, stop, (progress) => {
      build.progress = progress;
      onProgress?.(progress);
    });
    const build = { abort, progress: { done: 0, total: rows.length }, ended };
    this.#build = build;
    try {
      return await ended;
    } finally {
      this.#build = undefined;
    }
  }

  async loadGraph({ directory, modelVersion }: GraphPlace): Promise<GraphStatus> {
    if (this.#build)
      throw new LodestoneError("INVALID_INPUT", "A graph is being built, and is loaded when it is done.");
    return this.#worker.call("loadGraph", { directory, modelVersion });
  }

  async status(): Promise<VectorStatus> {
    const { graph, codes } = await this.#worker.call("status", undefined as never);
    return {
      dimensions: this.dimensions,
      format: this.#store.format,
      storedDimensions: this.storedDimensions,
      rows: this.#store.rowCount,
      bytes: this.#store.bytes,
      codes,
      graph: { ...graph, ...(this.#build ? { building: this.#build.progress } : {}) },
    };
  }

  async settle(): Promise<void> {
    await this.#lastChange;
    await this.#worker.call("settle", undefined as never);
  }

  async close(): Promise<void> {
    this.#build?.abort.abort();
    // Whoever asked for the build hears of its end.
    await this.#build?.ended.catch(() => undefined);
    await this.#worker.close();
  }

  /** Runs `change` after all earlier ones, whether or not they failed. */
  #change(change: () => Promise<void>): Promise<void> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => undefined);
    return done;
  }

  /** As many of their dimensions as are kept, in an array of its own. */
  #checkedQueries(queries: Float32Array, count: number): Float32Array<ArrayBuffer> {
    const { dimensions, storedDimensions } = this;
    checkShape(queries, count, dimensions);
    checkVectors(queries, 0, count, dimensions);
    checkPrefixes(queries, 0, count, dimensions, storedDimensions);
    return storedDimensions < dimensions ? truncated(queries, dimensions, storedDimensions) : queries.slice();
  }

  async #add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    const { dimensions, storedDimensions } = this;
    const rowsPerSlice = Math.ceil(sliceFloats / dimensions);
    checkShape(vectors, rows.length, dimensions);
    for (let from = 0; from < rows.length; from += rowsPerSlice) {
      if (from > 0) await setImmediate();
      const to = Math.min(from + rowsPerSlice, rows.length);
      checkVectors(vectors, from, to, dimensions);
      checkPrefixes(vectors, from, to, dimensions, storedDimensions);
    }
    const slots = this.#store.claim(rows.length);
    for (let from = 0; from < rows.length; from += rowsPerSlice) {
      if (from > 0) await setImmediate();
      const to = Math.min(from + rowsPerSlice, rows.length);
      const given = vectors.subarray(from * dimensions, to * dimensions);
      const slice = storedDimensions < dimensions ? truncated(given, dimensions, storedDimensions) : given;
      for (let i = from; i < to; i++) this.#store.write(slots[i]!, rows[i]!, slice, i - from);
    }
    const chunks = this.#store.chunks.slice(this.#chunksSent);
    await this.#worker.call("commit", { chunks, rows: rows.slice(), slots });
    this.#chunksSent += chunks.length;
    this.#store.release(this.#store.bind(rows, slots));
  }

  async #runBuild(
    request: GraphBuildRequest,
    signal: AbortSignal,
    onProgress: (progress: GraphBuildProgress) => void,
  ): Promise<GraphStatus> {
    const workerData: GraphBuildWorkerData = { store: this.#store.handle(), addon: this.#addon };
    const url = new URL("./graph-build-worker.js", import.meta.url);
    const worker = await startWorker<GraphBuildVerbs>(url, workerData, "graph build");
    try {
      await worker.call("build", request, { signal, onProgress: (value) => onProgress(value as GraphBuildProgress) });
    } finally {
      await worker.close();
    }
    const { directory, modelVersion } = request;
    return this.#worker.call("loadGraph", { directory, modelVersion }, { signal });
  }
}

/** Checked. `query` is handed over: a view would take all of the buffer behind it along. */
function searchQuery(
  query: Float32Array<ArrayBuffer>,
  { k, allow, plan = "auto", ef, recall, oversampling, probes }: SearchOptions,
) {
  checkCount("k", k);
  if (ef !== undefined) checkCount("ef", ef);
  if (recall !== undefined) checkNumber("recall", recall, 0.9, 1);
  if (oversampling !== undefined) checkNumber("oversampling", oversampling, 1, 1e6);
  if (probes !== undefined) checkCount("probes", probes);
  const sent = { query, k, allow: allow?.words.slice(), plan, ef, recall, oversampling, probes };
  return { sent, transfer: sent.allow ? [sent.query.buffer, sent.allow.buffer] : [sent.query.buffer] };
}

function checkRows(rows: Uint32Array): void {
  if (!(rows instanceof Uint32Array))
    throw new LodestoneError("INVALID_INPUT", "Row numbers are given as a Uint32Array.");
}

function checkNumber(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new LodestoneError("INVALID_INPUT", `"${name}" is a number from ${least} to ${most}, not ${value}.`);
}

function checkCount(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new LodestoneError("INVALID_INPUT", `"${name}" is a whole number of at least 1, not ${count}.`);
}
