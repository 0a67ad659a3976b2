// The thread that searches. Changes take effect as they arrive; searches queue and run one a turn of the event loop, so that
// an abort that arrives while one is running still stops those behind it.

import { workerData } from "node:worker_threads";
import { LodestoneError } from "../errors.js";
import type { CallContext } from "../threads/protocol.js";
import { serve, transferring } from "../threads/serve.js";
import type { CodeOptions } from "./code-upkeep.js";
import { loadAddon } from "./graph.js";
import { loadKernels } from "./kernels/kernels.js";
import {
  type CodeStatus,
  type Commit,
  type GraphPlace,
  type GraphStatus,
  type SearchQuery,
  type SearchResult,
  VectorSearcher,
} from "./vector-searcher.js";
import { type StoreHandle, VectorStore } from "./vector-store.js";

export type SearchWorkerData = { store: StoreHandle; addon: string; codes: CodeOptions };

export type SearchVerbs = {
  commit(commit: Commit): void;
  remove(rows: Uint32Array): void;
  search(query: SearchQuery, context: CallContext): Promise<SearchResult>;
  /** `query` holds any number of them, one after the other; each has a turn of its own. */
  searchMany(query: SearchQuery, context: CallContext): Promise<SearchResult[]>;
  vectorsOf(rows: Uint32Array): Float32Array;
  loadGraph(place: GraphPlace, context: CallContext): Promise<GraphStatus>;
  status(): { graph: GraphStatus; codes: CodeStatus };
  /** Resolves when codes are made and measured as far as they can be. */
  settle(): Promise<void>;
};

/** Between slices of upkeep searches have their turn. */
const sliceMs = 2;
/**
 * Upkeep begins when nothing has changed for so long, and at the latest so long after a change: while a library is opened
 * or filled, other threads need the cores.
 */
const quietMs = 500;
const latestMs = 60_000;

const { store: handle, addon, codes } = workerData as SearchWorkerData;

await serve<SearchVerbs>(async () => {
  const store = new VectorStore(handle);
  const searcher = new VectorSearcher(store, await loadKernels(store.memory), await loadAddon(addon), codes);
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

  const settling: (() => void)[] = [];
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
    for (const settled of settling.splice(0)) settled();
  }

  function keepUp(): void {
    quietAt = performance.now() + quietMs;
    if (working) return;
    working = true;
    latestAt = performance.now() + latestMs;
    setImmediate(workOn);
  }

  return {
    verbs: {
      commit(commit) {
        searcher.commit(commit);
        keepUp();
      },
      remove: (rows) => searcher.remove(rows),
      async search(query, { signal }) {
        await turn();
        if (signal.aborted) throw new LodestoneError("ABORTED", "The search was aborted.");
        const result = searcher.search(query);
        return transferring(result, [result.rows.buffer as ArrayBuffer, result.scores.buffer as ArrayBuffer]);
      },
      async searchMany({ query: queries, ...options }, { signal }) {
        const results: SearchResult[] = [];
        for (let start = 0; start < queries.length; start += store.dimensions) {
          await turn();
          if (signal.aborted) throw new LodestoneError("ABORTED", "The searches were aborted.");
          results.push(searcher.search({ query: queries.subarray(start, start + store.dimensions), ...options }));
        }
        const buffers = results.flatMap(({ rows, scores }) => [rows.buffer, scores.buffer] as ArrayBuffer[]);
        return transferring(results, buffers);
      },
      vectorsOf(rows) {
        const vectors = searcher.vectorsOf(rows);
        return transferring(vectors, [vectors.buffer as ArrayBuffer]);
      },
      loadGraph: (place, { signal }) => searcher.loadGraph(place, signal),
      status: () => ({ graph: searcher.graphStatus(), codes: searcher.codeStatus() }),
      settle: () =>
        new Promise((resolve) => {
          settling.push(resolve);
          keepUp();
        }),
    },
    close: () => {
      closed = true;
      return searcher.close();
    },
  };
});
