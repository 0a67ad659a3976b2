// The vector index as the engine sees it: checks what comes in, writes vectors into shared memory, and lets one worker
// thread search them. Changes are applied one after the other; searches run beside them.

import { LodestoneError, messageOf } from "../errors.js";
import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import { checkCodeOptions, checkRows, checkSearchOptions, checkSequence } from "./check-options.js";
import { checkPrefixes, checkShape, checkVectors } from "./check-vectors.js";
import type { PlanRequest } from "./choose-plan.js";
import { type CodeOptions, defaultCodes } from "./code-upkeep.js";
import { DiskMending, type DiskOptions } from "./disk-mending.js";
import { addonPackage } from "./graph.js";
import type { GraphBuildProgress, GraphBuildRequest } from "./graph-build.js";
import type { GraphBuildVerbs, GraphBuildWorkerData } from "./graph-build-worker.js";
import type { GraphPlace, GraphStatus } from "./graph-search.js";
import { checkIdentity, type IndexIdentity } from "./index-identity.js";
import type { RowBitmap } from "./row-bitmap.js";
import type { CodePlace } from "./saved-codes.js";
import type { SearchVerbs, SearchWorkerData } from "./search-worker.js";
import { SentFilters } from "./sent-filters.js";
import { truncated } from "./truncation.js";
import { VectorChanges } from "./vector-changes.js";
import type { FoundVectors } from "./vector-file.js";
import { type VectorFormat, vectorFormats } from "./vector-format.js";
import type { CodeStatus, SearchQuery, SearchResult } from "./vector-searcher.js";
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
  /**
   * Keeps vectors in a file: in memory are codes, and 20 bytes a row. What is in the file already is there when the index opens. There are no
   * graphs then. Default: vectors in memory.
   */
  onDisk?: DiskOptions | undefined;
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
  /** Where vectors are on disk: their file, what it takes, and what was found when it was opened. */
  onDisk?: { path: string; bytes: number; found: FoundVectors };
  codes: CodeStatus;
  graph: GraphStatus & { building?: GraphBuildProgress };
};

export type BuildGraphOptions = GraphPlace & {
  /** The caller's number of the last change that the index has seen; kept in the file. */
  sequence: number;
  onProgress?: ((progress: GraphBuildProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
};

export type SavedCodesPlace = {
  /** An existing folder. */
  directory: string;
  /** Names the set of vectors. Under one name a row number must never get another vector: its code would be that of the earlier one. */
  identity: string;
  /** The caller's number of the last change that the index has seen. Codes of a later number are not loaded. */
  sequence: number;
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
  /** Live rows, in no order. */
  rows(): Promise<Uint32Array>;
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
  /** Writes codes to a file, for loadCodes(). Throws NOT_FOUND where there are none, DISK_FULL, PATH_NOT_FOUND, FILE_UNREADABLE. */
  saveCodes(place: SavedCodesPlace): Promise<void>;
  /**
   * Puts the codes of a file to use, for those of its rows that are live; the others are encoded as ever. NOT_FOUND: none were written;
   * MODEL_VERSION_MISMATCH: they are of other vectors; INDEX_DAMAGED: the file is not as it was written. Codes are made anew in each case.
   */
  loadCodes(place: SavedCodesPlace): Promise<CodeStatus>;
  /**
   * Resolves once codes were made or measured more than `after` times in the life of this index, and are complete, with how often: the
   * moment to save them. Rejects with CLOSED when the index is closed.
   */
  codesMade(after: number): Promise<number>;
  status(): Promise<VectorStatus>;
  /** Live rows and the memory of their vectors, of `status` what is known here. */
  size(): Pick<VectorStatus, "rows" | "bytes">;
  /** Resolves when every row that is to have a code has one, and the codes have been measured. Searches need not wait for it. */
  settle(): Promise<void>;
  /** Stops a running build, then the worker. Vectors on disk are flushed first. */
  close(): Promise<void>;
};

const maxDimensions = 4096;

export async function openVectorIndex(options: VectorIndexOptions): Promise<VectorIndex> {
  const { dimensions, format = "float32", truncate = dimensions, onDisk } = options;
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
  const store = VectorStore.create(truncate, format, onDisk !== undefined);
  if (onDisk) checkIdentity(onDisk.identity);
  const addon = options.graph?.addon ?? addonPackage;
  const codes = { ...defaultCodes, ...options.codes };
  checkCodeOptions(codes);
  const file = onDisk && {
    directory: onDisk.directory,
    identity: { identity: onDisk.identity, dimensions, storedDimensions: truncate, format } satisfies IndexIdentity,
    readOnly: onDisk.readOnly ?? false,
  };
  const workerData: SearchWorkerData = { store: store.handle(), addon, codes, file };
  const worker = await startWorker<SearchVerbs>(
    new URL("./search-worker.js", import.meta.url),
    workerData,
    "vector search",
  );
  if (onDisk) {
    const { chunks, ...stored } = await worker.call("stored", undefined as never);
    store.chunks.push(...chunks);
    store.adopt(stored);
  }
  return new SharedVectorIndex(dimensions, store, worker, addon, onDisk);
}

class SharedVectorIndex implements VectorIndex {
  readonly dimensions: number;
  readonly storedDimensions: number;
  readonly #store: VectorStore;
  readonly #worker: WorkerClient<SearchVerbs>;
  readonly #addon: string;
  readonly #filters = new SentFilters();
  readonly #changes: VectorChanges;
  readonly #disk: { options: DiskOptions; mending: DiskMending } | undefined;
  #build: { abort: AbortController; progress: GraphBuildProgress; ended: Promise<unknown> } | undefined;

  constructor(
    dimensions: number,
    store: VectorStore,
    worker: WorkerClient<SearchVerbs>,
    addon: string,
    onDisk: DiskOptions | undefined,
  ) {
    this.dimensions = dimensions;
    this.storedDimensions = store.dimensions;
    this.#store = store;
    this.#worker = worker;
    this.#addon = addon;
    this.#changes = new VectorChanges(store, worker, dimensions);
    if (!onDisk) return;
    this.#disk = { options: onDisk, mending: new DiskMending(worker, onDisk, dimensions, this.#changes) };
  }

  async rows(): Promise<Uint32Array> {
    return (await this.#changes.liveRows()).rows;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    checkRows(rows);
    await this.#changes.queue(() => this.#changes.add(rows, vectors));
  }

  async remove(rows: Uint32Array): Promise<void> {
    checkRows(rows);
    const removed = rows.slice();
    await this.#changes.queue(() => this.#changes.remove(removed));
  }

  async search(query: Float32Array, options: SearchOptions): Promise<SearchResult> {
    return this.#mended(() => {
      const { sent, transfer } = this.#request(this.#checkedQueries(query, 1), options);
      return this.#worker.call("search", sent, { signal: options.signal, transfer });
    });
  }

  async searchMany(queries: Float32Array, options: SearchOptions): Promise<SearchResult[]> {
    const count = Math.ceil(queries.length / this.dimensions);
    return this.#mended(() => {
      const { sent, transfer } = this.#request(this.#checkedQueries(queries, count), options);
      return this.#worker.call("searchMany", sent, { signal: options.signal, transfer });
    });
  }

  async vectorsOf(rows: Uint32Array): Promise<Float32Array> {
    checkRows(rows);
    return this.#mended(() => this.#worker.call("vectorsOf", rows.slice()));
  }

  async buildGraph({ directory, modelVersion, sequence, onProgress, signal }: BuildGraphOptions): Promise<GraphStatus> {
    checkSequence(sequence);
    if (this.#disk) throw new LodestoneError("GRAPH_UNAVAILABLE", "There are no graphs of vectors on disk.");
    if (this.#build) throw new LodestoneError("INVALID_INPUT", "A graph of this index is being built already.");
    if (this.#store.rowCount === 0) throw new LodestoneError("INVALID_INPUT", "There are no rows to build a graph of.");
    const abort = new AbortController();
    const stop = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
    const ended = this.#changes.liveRows().then((live) =>
      this.#runBuild({ directory, modelVersion, sequence, ...live }, stop, (progress) => {
        build.progress = progress;
        onProgress?.(progress);
      }),
    );
    const build = { abort, progress: { done: 0, total: this.#store.rowCount }, ended };
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

  async saveCodes(place: SavedCodesPlace): Promise<void> {
    await this.#worker.call("saveCodes", this.#codePlace(place));
  }

  async loadCodes(place: SavedCodesPlace): Promise<CodeStatus> {
    await this.#changes.done;
    return this.#worker.call("loadCodes", this.#codePlace(place));
  }

  codesMade(after: number): Promise<number> {
    return this.#worker.call("codesMade", after);
  }

  async status(): Promise<VectorStatus> {
    const { graph, codes, file } = await this.#worker.call("status", undefined as never);
    return {
      dimensions: this.dimensions,
      format: this.#store.format,
      storedDimensions: this.storedDimensions,
      ...this.size(),
      ...(file ? { onDisk: file } : {}),
      codes,
      graph: { ...graph, ...(this.#build ? { building: this.#build.progress } : {}) },
    };
  }

  size(): Pick<VectorStatus, "rows" | "bytes"> {
    return { rows: this.#store.rowCount, bytes: this.#store.bytes };
  }

  async settle(): Promise<void> {
    await this.#changes.done;
    await this.#mended(() => this.#worker.call("settle", undefined as never));
  }

  async close(): Promise<void> {
    this.#build?.abort.abort();
    // Whoever asked for the build hears of its end.
    await this.#build?.ended.catch(() => undefined);
    if (this.#disk) await this.#saveVectors(this.#disk.options);
    await this.#worker.close();
  }

  /** Checked. `query` is handed over: a view would take all of the buffer behind it along. */
  #request(query: Float32Array<ArrayBuffer>, options: SearchOptions): { sent: SearchQuery; transfer: ArrayBuffer[] } {
    checkSearchOptions(options);
    const { k, allow, plan = "auto", ef, recall, oversampling, probes } = options;
    const filter = allow && this.#filters.of(allow);
    return { sent: { query, k, allow: filter, plan, ef, recall, oversampling, probes }, transfer: [query.buffer] };
  }

  #codePlace({ directory, identity, sequence }: SavedCodesPlace): CodePlace {
    checkIdentity(identity);
    checkSequence(sequence);
    return { directory, identity: { ...this.#shape(), identity }, sequence };
  }

  #shape(): Omit<IndexIdentity, "identity"> {
    const { dimensions, storedDimensions } = this;
    return { dimensions, storedDimensions, format: this.#store.format };
  }

  /** As many of their dimensions as are kept, in an array of its own. */
  #checkedQueries(queries: Float32Array, count: number): Float32Array<ArrayBuffer> {
    const { dimensions, storedDimensions } = this;
    checkShape(queries, count, dimensions);
    checkVectors(queries, 0, count, dimensions);
    checkPrefixes(queries, 0, count, dimensions, storedDimensions);
    return storedDimensions < dimensions ? truncated(queries, dimensions, storedDimensions) : queries.slice();
  }

  #mended<T>(work: () => Promise<T>): Promise<T> {
    return this.#disk ? this.#disk.mending.run(work) : work();
  }

  async #saveVectors({ onNotice }: DiskOptions): Promise<void> {
    try {
      await this.#worker.call("save", undefined as never);
    } catch (error) {
      // Nothing is lost: a file that was not closed in order is checked when it is opened.
      if (!(error instanceof LodestoneError) || error.code !== "CLOSED") onNotice?.(messageOf(error));
    }
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
