// The caller's side of the thread that computes: one call, one thread.

import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import type { HealthVerbs } from "./health-worker.js";

export type HealthClient = WorkerClient<HealthVerbs>;

/** Does `work` with a thread that reads one generation of a library, and ends it; at once where `signal` is aborted. */
export async function withHealthThread<T>(
  library: string,
  generation: number,
  signal: AbortSignal,
  work: (client: HealthClient) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const url = new URL("./health-worker.js", import.meta.url);
  const client = await startWorker<HealthVerbs>(url, { library, generation }, "health");
  const abandon = () => client.abandon();
  signal.addEventListener("abort", abandon, { once: true });
  try {
    signal.throwIfAborted();
    return await work(client);
  } finally {
    signal.removeEventListener("abort", abandon);
    // Where the end came while it was started, nobody has told it yet.
    if (signal.aborted) client.abandon();
    else await client.close();
  }
}
