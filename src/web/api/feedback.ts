// POST /v1/feedback: what a reader did with an answer. It is counted for the index that gave the answer.
import type { Send } from "./request.js";

/** Tells that a hit was opened. Nobody waits for it, and what goes wrong costs one count: it is not told. */
export function noteOpened(send: Send, { searchId, id }: { searchId: string; id: string }): void {
  send("/v1/feedback", { body: { searchId, id, kind: "click" } }).catch(() => undefined);
}
