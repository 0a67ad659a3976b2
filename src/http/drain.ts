// Closing without cutting anybody off: new requests are refused, those in flight finish, and what takes longer than the
// limit is stopped. Also tells a search that its client is gone.

import { setMaxListeners } from "node:events";
import type { FastifyInstance, FastifyReply } from "fastify";
import { RequestRefused } from "./problem.js";

/** How long stopped work has to answer before its connection is cut. */
const LAST_WORDS_MS = 100;

/** Aborted when the client of this answer is gone or the server has no more time for it. */
export type ReplySignal = (reply: FastifyReply) => AbortSignal;

/** Makes `app.close()` wait at most `limitMs` for requests in flight. `closing` is aborted when that begins. */
export function drainOnClose(app: FastifyInstance, limitMs: number): { signalOf: ReplySignal; closing: AbortSignal } {
  const working = new Set<AbortController>();
  const begun = new AbortController();
  // Every stream that is open listens.
  setMaxListeners(0, begun.signal);

  app.addHook("onRequest", async () => {
    if (begun.signal.aborted)
      throw new RequestRefused("SHUTTING_DOWN", "The server is closing. Ask again when it is back.");
  });
  app.addHook("onSend", async (_request, reply) => {
    if (begun.signal.aborted) reply.header("connection", "close");
  });
  app.addHook("preClose", async () => {
    begun.abort(new Error("The server is closing"));
    const overdue = setTimeout(() => {
      for (const controller of working) controller.abort(new Error("The server is closing"));
      cut = setTimeout(() => app.server.closeAllConnections(), LAST_WORDS_MS);
    }, limitMs);
    let cut: NodeJS.Timeout | undefined;
    app.server.once("close", () => {
      clearTimeout(overdue);
      clearTimeout(cut);
    });
  });

  const signalOf = (reply: FastifyReply) => {
    const controller = new AbortController();
    working.add(controller);
    reply.raw.once("close", () => {
      working.delete(controller);
      if (!reply.raw.writableFinished) controller.abort(new Error("The client is gone"));
    });
    return controller.signal;
  };
  return { signalOf, closing: begun.signal };
}
