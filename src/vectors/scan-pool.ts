// Threads that help with large scans. They sleep on a word of shared memory, not on messages: the searching thread wakes them and
// goes on scanning; whoever has not woken up by the end is not waited for.
//
//   helper:    starting -> idle;   posted -> running -> idle;   any -> closed
//   searcher:  idle -> posted, scans, then   posted -> idle (it never began)   or   waits for running -> idle

import { Worker } from "node:worker_threads";
import { type ScanPlace, taskLength } from "./scan-task.js";
import { allocate, type SharedMemory } from "./shared-memory.js";

export const helperState = { starting: 0, idle: 1, posted: 2, running: 3, closed: 4 };
/** Words of a helper: its state, entries found (-1: it failed), and where. Words of the task follow. */
export const helperWords = { state: 0, found: 1, spill: 2, heap: 3, capacity: 4 };
const wordsBeforeTask = 16;

export type ScanWorkerData = { memory: SharedMemory; control: SharedArrayBuffer; helper: number };

/** The words of helper `number`, and those of the task, which all share. */
export function controlOf(control: SharedArrayBuffer, number: number): { words: Int32Array; task: Int32Array } {
  const bytes = wordsBeforeTask * 4;
  return {
    words: new Int32Array(control, taskLength * 4 + number * bytes, wordsBeforeTask),
    task: new Int32Array(control, 0, taskLength),
  };
}

type Helper = { worker: Worker; words: Int32Array; place: ScanPlace };

export class ScanPool {
  readonly task: Int32Array;
  readonly #memory: SharedMemory;
  readonly #helpers: Helper[] = [];

  constructor(memory: SharedMemory, threads: number) {
    this.#memory = memory;
    const control = new SharedArrayBuffer((taskLength + threads * wordsBeforeTask) * 4);
    this.task = new Int32Array(control, 0, taskLength);
    for (let helper = 0; helper < threads; helper++) {
      const workerData: ScanWorkerData = { memory, control, helper };
      const worker = new Worker(new URL("./scan-worker.js", import.meta.url), { workerData, name: "code scan" });
      const { words } = controlOf(control, helper);
      // A helper that could not start or stopped is never idle again: scans go on without it.
      worker.once("error", () => Atomics.store(words, helperWords.state, helperState.closed));
      worker.unref();
      this.#helpers.push({ worker, words, place: { spill: 0, heap: 0, capacity: 0 } });
    }
  }

  /** Helpers that have started. */
  get ready(): number {
    return this.#helpers.filter(({ words }) => Atomics.load(words, helperWords.state) === helperState.idle).length;
  }

  /** Lets every idle helper scan `task`, and `scan` beside them. Returns where helpers found how much; undefined where one failed. */
  run(entries: number, scan: () => void): { place: ScanPlace; size: number }[] | undefined {
    const posted = this.#helpers.filter((helper) => this.#post(helper, entries));
    scan();
    const results: { place: ScanPlace; size: number }[] = [];
    for (const { words, place } of posted) {
      const { idle, posted, running } = helperState;
      if (Atomics.compareExchange(words, helperWords.state, posted, idle) === posted) continue;
      while (Atomics.load(words, helperWords.state) === running) Atomics.wait(words, helperWords.state, running);
      results.push({ place, size: words[helperWords.found]! });
    }
    return results.some(({ size }) => size < 0) ? undefined : results;
  }

  async close(): Promise<void> {
    const ended = this.#helpers.map(({ worker, words }) => {
      Atomics.store(words, helperWords.state, helperState.closed);
      Atomics.notify(words, helperWords.state);
      return worker.terminate();
    });
    await Promise.all(ended);
  }

  #post({ words, place }: Helper, entries: number): boolean {
    if (Atomics.load(words, helperWords.state) !== helperState.idle) return false;
    if (place.capacity < entries) {
      place.capacity = Math.max(4096, 2 ** Math.ceil(Math.log2(entries)));
      place.spill = allocate(this.#memory, 128 + place.capacity * 8);
      place.heap = place.spill + 128;
      words.set([place.spill, place.heap, place.capacity], helperWords.spill);
    }
    Atomics.store(words, helperWords.state, helperState.posted);
    Atomics.notify(words, helperWords.state);
    return true;
  }
}
