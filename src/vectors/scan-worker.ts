// A thread that helps with large scans; see scan-pool.ts. It never returns to its event loop.

import { workerData } from "node:worker_threads";
import { loadKernels } from "./kernels/kernels.js";
import { controlOf, helperState, helperWords, type ScanWorkerData } from "./scan-pool.js";
import { runScan } from "./scan-task.js";

const { memory, control, helper } = workerData as ScanWorkerData;
const kernels = await loadKernels(memory);
const { words, task } = controlOf(control, helper);
const { starting, idle, posted, running, closed } = helperState;

Atomics.compareExchange(words, helperWords.state, starting, idle);
for (;;) {
  const state = Atomics.load(words, helperWords.state);
  if (state === closed) break;
  if (state !== posted) {
    Atomics.wait(words, helperWords.state, state);
    continue;
  }
  if (Atomics.compareExchange(words, helperWords.state, posted, running) !== posted) continue;
  const place = {
    spill: words[helperWords.spill]! >>> 0,
    heap: words[helperWords.heap]! >>> 0,
    capacity: words[helperWords.capacity]!,
  };
  try {
    words[helperWords.found] = runScan(kernels, memory.buffer, task, place);
  } catch {
    // The searching thread sees this and scans alone.
    words[helperWords.found] = -1;
  }
  Atomics.compareExchange(words, helperWords.state, running, idle);
  Atomics.notify(words, helperWords.state);
}
