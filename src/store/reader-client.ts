// The caller's side of the reading thread.

import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import type { ReaderVerbs } from "./reader-worker.js";

export type StoreReader = WorkerClient<ReaderVerbs>;

/** Opens an existing library for reading on a thread of its own: one generation of it; default, whichever is active at the time. */
export function startReader(library: string, generation?: number): Promise<StoreReader> {
  return startWorker<ReaderVerbs>(new URL("./reader-worker.js", import.meta.url), { library, generation }, "reader");
}
