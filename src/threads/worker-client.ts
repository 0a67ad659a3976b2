// The caller's side of a worker thread: typed calls that can be aborted, report progress and fail with the worker's own
// error. A worker that dies rejects everything that was waiting for it.

import { setMaxListeners } from "node:events";
import { Worker } from "node:worker_threads";
import { LodestoneError } from "../errors.js";
import { fromWire, type Reply, type Request } from "./protocol.js";

type Waiting = {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?: ((value: unknown) => void) | undefined;
};

type Argument<V, K extends keyof V> = V[K] extends (argument: infer A, ...rest: never[]) => unknown ? A : never;
type Result<V, K extends keyof V> = V[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

export type CallOptions = {
  /** Buffers that move to the worker; the caller cannot use them afterwards. */
  transfer?: ArrayBuffer[];
  signal?: AbortSignal | undefined;
  onProgress?: (value: unknown) => void;
};

export type WorkerClient<V> = {
  call<K extends keyof V & string>(verb: K, argument: Argument<V, K>, options?: CallOptions): Promise<Result<V, K>>;
  /** Calls that have not been answered yet. */
  readonly pending: number;
  /** Lets the worker release what it holds, then ends it. Calls in flight are answered first where the verbs are synchronous. */
  close(): Promise<void>;
  /** Ends a worker that does not answer any more: what waits for it is rejected at once, its thread goes when it can. */
  abandon(): void;
};

/**
 * Starts the worker of module `url` with `workerData` and resolves when its verbs are ready; rejects with its opening
 * error. `stackSizeMb` is for native code that recurses deeply; default 4.
 */
export function startWorker<V>(
  url: URL,
  workerData: unknown,
  name: string,
  { stackSizeMb = 4 }: { stackSizeMb?: number } = {},
): Promise<WorkerClient<V>> {
  const worker = new Worker(url, { workerData, name, resourceLimits: { stackSizeMb } });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let ended: Error | undefined;
  let closing = false;
  const post = (request: Request, transfer: ArrayBuffer[] = []) => worker.postMessage(request, transfer);

  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };

  const client: WorkerClient<V> = {
    get pending() {
      return waiting.size;
    },
    call(verb, argument, options = {}) {
      const { signal, transfer, onProgress } = options;
      if (ended) return Promise.reject(ended);
      if (signal?.aborted) return Promise.reject(aborted(signal));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          if (!waiting.delete(id)) return;
          post({ kind: "abort", id });
          reject(aborted(signal));
        };
        const settle = () => signal?.removeEventListener("abort", onAbort);
        // One signal may stand behind any number of calls.
        if (signal) setMaxListeners(0, signal);
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.set(id, {
          onProgress,
          resolve(value) {
            settle();
            resolve(value as never);
          },
          reject(error) {
            settle();
            reject(error);
          },
        });
        post({ kind: "call", id, verb, argument }, transfer);
      });
    },
    async close() {
      if (ended) return;
      if (!closing) post({ kind: "close" });
      closing = true;
      await exited;
    },
    abandon() {
      end(new LodestoneError("WORKER_FAILED", `The ${name} worker was given up: it did not answer in time.`));
      // A native call cannot be interrupted: the thread then ends after it, and nobody waits.
      worker.unref();
      void worker.terminate();
    },
  };

  return new Promise((resolve, reject) => {
    worker.on("message", (reply: Reply) => {
      switch (reply.kind) {
        case "ready":
          return resolve(client);
        case "failed":
          end(fromWire(reply.error));
          return reject(ended);
        case "progress":
          return waiting.get(reply.id)?.onProgress?.(reply.value);
        case "result":
        case "error": {
          const call = waiting.get(reply.id);
          waiting.delete(reply.id);
          if (reply.kind === "result") call?.resolve(reply.value);
          else call?.reject(fromWire(reply.error));
          return;
        }
        default:
          reply satisfies never;
      }
    });
    const fail = (cause: unknown) => {
      const error = new LodestoneError("WORKER_FAILED", `The ${name} worker stopped unexpectedly.`, { cause });
      end(error);
      reject(error);
    };
    worker.once("error", fail);
    worker.once("exit", (code) => {
      if (closing) end(new LodestoneError("CLOSED", `The ${name} worker is closed.`));
      else if (!ended) fail(new Error(`exit code ${code}`));
    });
  });
}

function aborted(signal: AbortSignal | undefined): LodestoneError {
  return new LodestoneError("ABORTED", "The call was aborted.", { cause: signal?.reason });
}
