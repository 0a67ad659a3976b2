// The worker's side: answers calls with the verbs of one object. Calls run as they arrive; a verb that must not overlap
// another (SQLite, an ONNX session) is synchronous or queues by itself.

import { parentPort } from "node:worker_threads";
import { LodestoneError } from "../errors.js";
import { type CallContext, type Reply, type Request, toWire } from "./protocol.js";

const transfers = new WeakMap<object, ArrayBuffer[]>();

/** Marks the buffers of a verb's result or progress value that move to the caller instead of being copied. They are unusable here afterwards. */
export function transferring<T extends object>(value: T, buffers: ArrayBuffer[]): T {
  transfers.set(value, buffers);
  return value;
}

/**
 * Serves `verbs` to the thread that started this worker. `open` builds them (and may fail: the caller's `startWorker`
 * then rejects with that error); `close` releases what they hold.
 */
export async function serve<V extends object>(
  open: () => Promise<{ verbs: V; close?: () => void | Promise<void> }>,
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error("serve() runs in a worker thread only");
  const post = (reply: Reply) => {
    const value = "value" in reply ? reply.value : undefined;
    port.postMessage(reply, value !== null && typeof value === "object" ? (transfers.get(value) ?? []) : []);
  };
  const running = new Map<number, AbortController>();
  try {
    const { verbs, close } = await open();
    port.on("message", async (request: Request) => {
      if (request.kind === "abort") return running.get(request.id)?.abort();
      if (request.kind === "close") {
        await close?.();
        return port.close();
      }
      const { id } = request;
      const controller = new AbortController();
      running.set(id, controller);
      const context: CallContext = {
        signal: controller.signal,
        progress: (value) => post({ kind: "progress", id, value }),
      };
      try {
        const verb = (verbs as Record<string, (argument: unknown, context: CallContext) => unknown>)[request.verb];
        if (!verb) throw new LodestoneError("WORKER_FAILED", `The worker has no verb "${request.verb}".`);
        const value = await verb.call(verbs, request.argument, context);
        post({ kind: "result", id, value });
      } catch (error) {
        post({ kind: "error", id, error: toWire(error) });
      } finally {
        running.delete(id);
      }
    });
    post({ kind: "ready" });
  } catch (error) {
    post({ kind: "failed", error: toWire(error) });
    port.close();
  }
}
