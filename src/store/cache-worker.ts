// The thread that writes cache.sqlite, so that whoever indexes does not wait for it.

import { workerData } from "node:worker_threads";
import type { CallContext } from "../threads/protocol.js";
import { serve } from "../threads/serve.js";
import { type CacheBatch, type CacheNotes, openCacheFile } from "./cache-file.js";

export type CacheWorkerData = { library: string; maxBytes: number; ttlMs: number };

/** What a verb did, and what there is to be told. */
export type Told<T = undefined> = { value: T; notices: string[] };

export type CacheVerbs = {
  add(argument: { batch: CacheBatch; notes: CacheNotes; nowMs: number }): Told;
  note(argument: { notes: CacheNotes; nowMs: number }): Told;
  drop(argument: { tenant: string | undefined; nowMs: number }): Told<number>;
  /** Removes entries whose tag is not among `wanted`, which are ascending. */
  sweep(argument: { wanted: Float64Array; nowMs: number }, context: CallContext): Promise<Told<number>>;
  renew(argument: { reason: string; nowMs: number }): Told;
};

const { library, ...options } = workerData as CacheWorkerData;

await serve<CacheVerbs>(async () => {
  let notices: string[] = [];
  const file = openCacheFile(library, { ...options, onNotice: (notice) => notices.push(notice) });
  const told = <T>(value: T): Told<T> => {
    const result = { value, notices };
    notices = [];
    return result;
  };
  return {
    verbs: {
      add: ({ batch, notes, nowMs }) => told(void file.add(batch, notes, nowMs)),
      note: ({ notes, nowMs }) => told(void file.note(notes, nowMs)),
      drop: ({ tenant, nowMs }) => told(file.drop(tenant, nowMs)),
      async sweep({ wanted, nowMs }, { signal }) {
        let removed = 0;
        for (let from: number | undefined = -1; from !== undefined; ) {
          signal.throwIfAborted();
          const step = file.sweep(from, (tag) => isAmong(wanted, tag), nowMs);
          removed += step.removed;
          from = step.next;
          // So that what comes meanwhile is not kept waiting.
          await new Promise((resolve) => setImmediate(resolve));
        }
        return told(removed);
      },
      renew: ({ reason, nowMs }) => told(void file.renew(reason, nowMs)),
    },
    close: () => file.close(),
  };
});

function isAmong(sorted: Float64Array, value: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
