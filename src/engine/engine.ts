// The engine: one library opened, and the verbs on it. Opening wires the rooms together; closing takes them apart in
// reverse order.

import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type BiEncoder,
  type CrossEncoder,
  openBiEncoder,
  openCatalogue,
  openCrossEncoder,
} from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import { type Filter, parseFilter } from "../filters/index.js";
import {
  type DocumentInput,
  type IngestClient,
  type IngestEvent,
  type IngestReport,
  type PathOptions,
  type PutReport,
  startIngest,
} from "../ingest/index.js";
import { openSearcher, type Searcher, type SearchRequest, type SearchResponse } from "../retrieval/index.js";
import type { DocumentSummary, Facets, Generation, StoredDocument, StoreReader } from "../store/index.js";
import { startReader, storedGeneration } from "../store/index.js";
import { type ChosenModels, checkGeneration, chooseModels } from "./choose-models.js";
import { CodeKeeper } from "./code-keeper.js";
import { checkDocuments } from "./document-input.js";
import { FilterCache } from "./filter-cache.js";
import { GraphKeeper } from "./graph-keeper.js";
import { indexFolder, makeIndexFolder } from "./index-folder.js";
import { LiveIndex } from "./live-index.js";
import { modelDirectories } from "./model-directories.js";
import { type CheckedEngineOptions, checkEngineOptions, type EngineOptions } from "./options.js";
import { collectStatus, type Status } from "./status.js";

/** How a run is going. `indexed` counts chunks that are durable and searchable since the last such event. */
export type IngestProgress =
  | Exclude<IngestEvent, { kind: "written" } | { kind: "removed" }>
  | { kind: "indexed"; chunks: number };
export type IngestOptions = PathOptions & { onProgress?: (progress: IngestProgress) => void; signal?: AbortSignal };
export type RemoveReport = { removed: string[]; missing: string[] };
export type DocumentPage = { documents: DocumentSummary[]; total: number; offset: number; limit: number };

export type Engine = {
  /** Absolute path of the library's folder. */
  readonly library: string;
  readonly readOnly: boolean;
  /**
   * Indexes files, folders and globs. Unchanged files are left alone, documents of files that are gone are removed.
   * What cannot be read is reported in `skips`. Throws PATH_NOT_FOUND, LIBRARY_READ_ONLY, DISK_FULL, ABORTED; what was
   * written before stays.
   */
  ingestPaths(targets: readonly string[], options?: IngestOptions): Promise<IngestReport>;
  /** Adds or replaces documents. They are durable and searchable when this resolves: all of them, or none if it rejects. */
  put(documents: readonly DocumentInput[], options?: { signal?: AbortSignal }): Promise<PutReport>;
  /** A document with its text and chunks; undefined where there is none. */
  get(id: string): Promise<StoredDocument | undefined>;
  /** A page of documents by id. */
  list(page?: { offset?: number; limit?: number; filter?: Filter }): Promise<DocumentPage>;
  /** Removes documents by id or by filter. No later search returns them. */
  remove(target: readonly string[] | { filter: Filter }): Promise<RemoveReport>;
  /** Searches. Throws INVALID_INPUT, UNKNOWN_FIELD or FILTER_INVALID for a bad request; a slow model degrades the answer instead. */
  search(request: SearchRequest, options?: { signal?: AbortSignal }): Promise<SearchResponse>;
  /** Documents by folder and by type. */
  facets(): Promise<Facets>;
  status(): Promise<Status>;
  /** Ends the threads and gives the library free. Work in progress is stopped; what was acknowledged stays. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Opens a library, creating it where it does not exist.
 *
 * @throws LIBRARY_LOCKED when another process writes it, LIBRARY_NOT_FOUND (read-only), LIBRARY_TOO_NEW,
 *   LIBRARY_DAMAGED, MODEL_NOT_FOUND, MODEL_ALTERED, MODEL_VERSION_MISMATCH, INVALID_INPUT.
 * @example
 *   await using engine = await openEngine({ library: "./my-library" });
 *   await engine.ingestPaths(["./notes"]);
 *   const { hits } = await engine.search({ query: "how do I rotate the keys" });
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const checked = checkEngineOptions(options);
  const library = resolve(checked.library);
  const stored = storedGeneration(library);
  const catalogue = openCatalogue(modelDirectories(checked.models));
  const models = chooseModels(catalogue, checked, stored);
  const opened = new Opened();
  try {
    return await openParts(library, checked, models, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** What has been opened so far, closed in reverse order. */
class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  async add<T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> {
    const part = await opening;
    this.#closers.push(() => part.close());
    return part;
  }

  async close(): Promise<void> {
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) await closer();
  }
}

async function openParts(
  library: string,
  options: CheckedEngineOptions,
  models: ChosenModels,
  opened: Opened,
): Promise<Engine> {
  const threads = options.threads.query === undefined ? {} : { threads: options.threads.query };
  // The models load while the library does. All are awaited also when one fails, so that every part gets closed.
  const encoders = settleAll([
    opened.add(openBiEncoder(models.biEncoder, threads)),
    models.crossEncoder ? opened.add(openCrossEncoder(models.crossEncoder, threads)) : Promise.resolve(undefined),
  ] as const);
  const rows = (async () => {
    const ingest = options.readOnly ? undefined : await opened.add(startWriting(library, options, models));
    const reader = await opened.add(startReader(library));
    const generation = await reader.call("generation", null);
    checkGeneration(generation, models, library);
    const { readOnly, onNotice = () => undefined } = options;
    const { onDisk, ...kept } = options.vectors;
    const folder = indexFolder(library, generation);
    if (onDisk && !readOnly) await makeIndexFolder(folder);
    const place = onDisk ? { onDisk: { ...folder, readOnly } } : {};
    const index = await opened.add(
      LiveIndex.open(reader, { dimensions: generation.dimensions, ...kept, ...place, onNotice }),
    );
    // Of rows the last may have died: what was given out before counts too.
    const sequence = () => Math.max(generation.nextRow, index.end);
    const codes = new CodeKeeper(index.vectors, { folder, sequence, readOnly, onNotice });
    await opened.add(Promise.resolve(codes));
    await codes.load();
    const graph = new GraphKeeper(index.vectors, {
      library,
      modelVersion: generation.modelVersion,
      readOnly,
      // Vectors on disk have none.
      fromRows: onDisk ? 0 : options.graphFromChunks,
      onNotice,
    });
    await opened.add(Promise.resolve(graph));
    await graph.load();
    return { ingest, reader, generation, index, graph };
  })();
  const [[encoder, crossEncoder], { ingest, reader, generation, index, graph }] = await settleAll([
    encoders,
    rows,
  ] as const);
  return new OpenEngine({ library, models, ingest, reader, generation, index, graph, encoder, crossEncoder, opened });
}

async function startWriting(
  library: string,
  options: CheckedEngineOptions,
  models: ChosenModels,
): Promise<IngestClient> {
  await mkdir(library, { recursive: true });
  return startIngest({
    library,
    model: models.biEncoder,
    chunking: models.chunking,
    encoderThreads: options.threads.ingest,
  });
}

async function settleAll<T extends readonly Promise<unknown>[]>(work: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<{ [K in keyof T]: Awaited<T[K]> }>;
}

function isList(target: readonly string[] | { filter: Filter }): target is readonly string[] {
  return Array.isArray(target);
}

type Parts = {
  library: string;
  models: ChosenModels;
  ingest: IngestClient | undefined;
  reader: StoreReader;
  generation: Generation;
  index: LiveIndex;
  graph: GraphKeeper;
  encoder: BiEncoder;
  crossEncoder: CrossEncoder | undefined;
  opened: Opened;
};

class OpenEngine implements Engine {
  readonly #parts: Parts;
  readonly #filters: FilterCache;
  readonly #searcher: Searcher;
  #libraryVersion: number | undefined;
  #progress = { running: 0, done: 0, total: 0 };
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { index, reader, generation, encoder, crossEncoder } = parts;
    this.#filters = new FilterCache(reader, index);
    this.#searcher = openSearcher({
      reader,
      vectors: index.vectors,
      documentOf: (row) => index.documentOf(row),
      encoder,
      crossEncoder,
      generation,
      allowedRows: (filter) => this.#filters.rows(filter),
    });
  }

  get library(): string {
    return this.#parts.library;
  }

  get readOnly(): boolean {
    return this.#parts.ingest === undefined;
  }

  async ingestPaths(
    targets: readonly string[],
    { onProgress, signal, ...options }: IngestOptions = {},
  ): Promise<IngestReport> {
    const before = { ...this.#progress };
    this.#progress.running++;
    try {
      const argument = { targets: [...targets], options };
      return await this.#writing(
        (ingest, take) => ingest.call("ingestPaths", argument, { signal, onProgress: take }),
        (event) => {
          if (event.kind === "scanned") this.#progress.total = before.total + event.files;
          if (event.kind === "reading") this.#progress.done = before.done + event.files;
          onProgress?.(event);
        },
      );
    } finally {
      this.#progress.running--;
      if (this.#progress.running === 0) this.#progress = { running: 0, done: 0, total: 0 };
    }
  }

  async put(documents: readonly DocumentInput[], { signal }: { signal?: AbortSignal } = {}): Promise<PutReport> {
    const argument = { documents: checkDocuments(documents) };
    return this.#writing((ingest, take) => ingest.call("put", argument, { signal, onProgress: take }));
  }

  async remove(target: readonly string[] | { filter: Filter }): Promise<RemoveReport> {
    const ids = isList(target) ? [...target] : await this.#idsMatching(target.filter);
    const { removed, missing, rows } = await this.#writer().call("remove", { ids });
    await this.#parts.index.remove(rows);
    return { removed, missing };
  }

  async get(id: string): Promise<StoredDocument | undefined> {
    return this.#reader().call("document", { id });
  }

  async list({
    offset = 0,
    limit = 50,
    filter,
  }: {
    offset?: number;
    limit?: number;
    filter?: Filter;
  } = {}): Promise<DocumentPage> {
    const reader = this.#reader();
    const keys = filter === undefined ? undefined : await reader.call("matching", { filter: parseFilter(filter) });
    const page = await reader.call("list", { offset, limit, ...(keys ? { keys } : {}) });
    return { ...page, offset, limit };
  }

  async search(request: SearchRequest, { signal }: { signal?: AbortSignal } = {}): Promise<SearchResponse> {
    if (this.readOnly) await this.#followWriter();
    else this.#reader();
    return this.#searcher.search(request, signal);
  }

  facets(): Promise<Facets> {
    return this.#reader().call("facets", null);
  }

  async status(): Promise<Status> {
    const { library, reader, generation, models, index } = this.#parts;
    this.#reader();
    return collectStatus({
      library,
      readOnly: this.readOnly,
      reader,
      generation,
      models,
      vectors: index.vectors,
      progress: this.#progress,
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.opened.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Runs a call of the ingest thread and resolves when the index in memory holds what it wrote. */
  async #writing<T>(
    call: (ingest: IngestClient, take: (event: unknown) => void) => Promise<T>,
    onProgress?: (progress: IngestProgress) => void,
  ): Promise<T> {
    const { index } = this.#parts;
    let applied = Promise.resolve();
    // What follows on a change that failed is applied too; the first failure is the one to report.
    const apply = (change: () => Promise<void>) => {
      applied = applied.then(change, async (error) => {
        await change().catch(() => undefined);
        throw error;
      });
      applied.catch(() => undefined);
    };
    const take = (event: IngestEvent) => {
      if (event.kind === "written") {
        const { written } = event;
        const chunks = written.documentKeys.length;
        apply(() => index.apply(written));
        onProgress?.({ kind: "indexed", chunks });
      } else if (event.kind === "removed") apply(() => index.remove(event.removed.rows));
      else onProgress?.(event);
    };
    try {
      return await call(this.#writer(), (event) => take(event as IngestEvent));
    } finally {
      await applied;
      await this.#parts.graph.consider();
    }
  }

  #writer(): IngestClient {
    this.#reader();
    const { ingest, library } = this.#parts;
    if (ingest) return ingest;
    throw new LodestoneError(
      "LIBRARY_READ_ONLY",
      `The library ${library} is open for reading only. Open it without readOnly to write.`,
    );
  }

  #reader(): StoreReader {
    if (this.#closing) throw new LodestoneError("CLOSED", "The engine is closed.");
    return this.#parts.reader;
  }

  async #idsMatching(filter: Filter): Promise<string[]> {
    const reader = this.#reader();
    const keys = await reader.call("matching", { filter: parseFilter(filter) });
    const summaries = await reader.call("summaries", { keys: Array.from(keys) });
    return summaries.map(({ id }) => id);
  }

  async #followWriter(): Promise<void> {
    const { index } = this.#parts;
    const version = await this.#reader().call("version", null);
    const first = this.#libraryVersion === undefined;
    const changed = !first && version !== this.#libraryVersion;
    this.#libraryVersion = version;
    if (changed) await index.refresh();
  }
}
