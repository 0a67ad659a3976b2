// The thread that searches. Changes take effect as they arrive; searches queue and run one a turn of the event loop, so that
// an abort that arrives while one is running still stops those behind it.

import { workerData } from "node:worker_threads";
import { LodestoneError } from "../errors.js";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import type { CodeOptions } from "./code-upkeep.js";
import { openDiskStore, type SlotWrite, SlotWriter } from "./disk-vectors.js";
import { type AddonState, loadAddon } from "./graph.js";
import type { GraphPlace, GraphStatus } from "./graph-search.js";
import { loadKernels } from "./kernels/kernels.js";
import type { CodePlace } from "./saved-codes.js";
import type { FoundVectors, VectorFileOptions } from "./vector-file.js";
import {
  type CodeStatus,
  type Commit,
  type SearchQuery,
  type SearchResult,
  VectorSearcher,
} from "./vector-searcher.js";
import { type StoredRows, type StoreHandle, VectorStore } from "./vector-store.js";

export type SearchWorkerData = {
  store: StoreHandle;
  addon: string;
  codes: CodeOptions;
  /** Where vectors are on disk. */
  file: VectorFileOptions | undefined;
};

export type SearchVerbs = {
  /** What was in the file, and the chunks that were made for it. Asked for once. */
  stored(): StoredRows & { chunks: number[] };
  /** Writes vectors to the file. */
  write(write: SlotWrite): void;
  commit(commit: Commit): void;
  remove(rows: Uint32Array): void;
  search(query: SearchQuery, context: CallContext): Promise<SearchResult>;
  /** `query` holds any number of them, one after the other; each has a turn of its own. */
  searchMany(query: SearchQuery, context: CallContext): Promise<SearchResult[]>;
  vectorsOf(rows: Uint32Array): Float32Array;
  loadGraph(place: GraphPlace, context: CallContext): Promise<GraphStatus>;
  status(): { graph: GraphStatus; codes: CodeStatus; file?: { path: string; bytes: number; found: FoundVectors } };
  /** Resolves when codes are made and measured as far as they can be. Throws INDEX_DAMAGED where vectors on disk are damaged. */
  settle(): Promise<void>;
  saveCodes(place: CodePlace): Promise<void>;
  loadCodes(place: CodePlace): Promise<CodeStatus>;
  /** Resolves with the number of times that codes were made or measured, once it is more than `after` and they are complete. */
  codesMade(after: number): Promise<number>;
  /** Resolves when the making of codes has come upon damage. */
  damage(): Promise<{ message: string }>;
  /** Live rows whose vectors on disk are not as they were written. */
  damagedRows(): Promise<Uint32Array>;
  /** Goes on making codes after damage. */
  resume(): void;
  /** Flushes vectors to disk. */
  save(): Promise<void>;
};

/** Between slices of upkeep searches have their turn. */
const sliceMs = 2;
/**
 * Upkeep begins when nothing has changed for so long, and at the latest so long after a change: while a library is opened
 * or filled, other threads need the cores.
 */
const quietMs = 500;
const latestMs = 60_000;

const { store: handle, addon, codes, file } = workerData as SearchWorkerData;
const noGraphs: AddonState = { state: "unavailable", reason: "vectors on disk have none" };

await serve<SearchVerbs>(async () => {
  const onDisk = file && openDiskStore(handle, file);
  const store = onDisk?.store ?? new VectorStore(handle);
  const addonState = onDisk ? noGraphs : await loadAddon(addon);
  const searcher = new VectorSearcher(store, await loadKernels(store.memory), addonState, codes);
  const writer = onDisk && new SlotWriter(store);
  const waiting: (() => void)[] = [];

  function runNext(): void {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(runNext);
  }

  function turn(): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(runNext);
    });
  }

  const settling: { resolve(): void; reject(error: Error): void }[] = [];
  const watching: ((damage: { message: string }) => void)[] = [];
  const awaiting: { after: number; resolve(timesMade: number): void }[] = [];
  let working = false;
  let closed = false;
  let quietAt = 0;
  let latestAt = 0;

  function workOn(): void {
    if (closed) return;
    const restMs = Math.min(quietAt, latestAt) - performance.now();
    if (restMs > 0 && settling.length === 0) return void setTimeout(workOn, restMs).unref();
    if (searcher.work(sliceMs)) return void setImmediate(workOn);
    working = false;
    // Goes on when they are loaded.
    if (searcher.isLoadingCodes) return;
    const { damage } = searcher;
    for (const { resolve, reject } of settling.splice(0)) damage ? reject(damage) : resolve();
    if (damage) for (const noticed of watching.splice(0)) noticed({ message: damage.message });
    const { timesMade } = searcher;
    for (const waiting of awaiting.splice(0)) {
      if (timesMade > waiting.after) waiting.resolve(timesMade);
      else awaiting.push(waiting);
    }
  }

  function keepUp(): void {
    quietAt = performance.now() + quietMs;
    if (working) return;
    working = true;
    latestAt = performance.now() + latestMs;
    setImmediate(workOn);
  }

  if (store.rowCount > 0) keepUp();

  return {
    verbs: {
      stored() {
        const { rows, slots, foreignChunks } = onDisk!.stored;
        return transferring({ rows, slots, foreignChunks, chunks: store.chunks }, [
          rows.buffer,
          slots.buffer,
        ] as ArrayBuffer[]);
      },
      write(write) {
        store.chunks.push(...write.chunks);
        writer!.write(write);
      },
      commit(commit) {
        searcher.commit(commit);
        keepUp();
      },
      remove: (rows) => searcher.remove(rows),
      async search(query, { signal }) {
        await turn();
        if (signal.aborted) throw new LodestoneError("ABORTED", "The search was aborted.");
        const result = searcher.search(query);
        if (searcher.isToBeMeasured) keepUp();
        return transferring(result, [result.rows.buffer as ArrayBuffer, result.scores.buffer as ArrayBuffer]);
      },
      async searchMany({ query: queries, ...options }, { signal }) {
        const results: SearchResult[] = [];
        for (let start = 0; start < queries.length; start += store.dimensions) {
          await turn();
          if (signal.aborted) throw new LodestoneError("ABORTED", "The searches were aborted.");
          results.push(searcher.search({ query: queries.subarray(start, start + store.dimensions), ...options }));
        }
        if (searcher.isToBeMeasured) keepUp();
        const buffers = results.flatMap(({ rows, scores }) => [rows.buffer, scores.buffer] as ArrayBuffer[]);
        return transferring(results, buffers);
      },
      vectorsOf(rows) {
        const vectors = searcher.vectorsOf(rows);
        return transferring(vectors, [vectors.buffer as ArrayBuffer]);
      },
      async loadGraph(place, { signal }) {
        const status = await searcher.loadGraph(place, signal);
        keepUp();
        return status;
      },
      status() {
        const file = store.disk?.file;
        return {
          ...{ graph: searcher.graphStatus(), codes: searcher.codeStatus() },
          ...(file ? { file: { path: file.path, bytes: file.bytes, found: file.found } } : {}),
        };
      },
      settle: () =>
        new Promise((resolve, reject) => {
          settling.push({ resolve, reject });
          keepUp();
        }),
      saveCodes: (place) => searcher.saveCodes(place),
      async loadCodes(place) {
        try {
          return await searcher.loadCodes(place);
        } finally {
          keepUp();
        }
      },
      codesMade: (after) =>
        new Promise((resolve) => {
          if (searcher.timesMade > after && !working) resolve(searcher.timesMade);
          else awaiting.push({ after, resolve });
        }),
      damage: () =>
        new Promise((resolve) => {
          if (searcher.damage) resolve({ message: searcher.damage.message });
          else watching.push(resolve);
        }),
      async damagedRows() {
        const rows: number[] = [];
        for (const slots of store.disk!.file.damagedSlots()) {
          rows.push(...slots.map((slot) => store.rowOf(slot)));
          await turn();
        }
        return Uint32Array.from(rows);
      },
      resume() {
        searcher.resume();
        keepUp();
      },
      save: async () => store.disk?.file.save(),
    },
    close: async () => {
      closed = true;
      await searcher.close();
      store.disk?.file.close();
    },
  };
});
