// Job changes as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). A client that connects
// gets what there is, so that it need not know what it missed.

import { setTimeout as wait } from "node:timers/promises";
import type { Engine } from "../engine/index.js";

export type JobEventOptions = {
  /** Ends the stream. */
  signal: AbortSignal;
  /** Silence after which a comment keeps the connection open. */
  heartbeatMs: number;
};

const SNAPSHOT_JOBS = 100;
/** How long a client waits before it connects again. */
const RETRY_MS = 2_000;
/** Counts are told so often at most. */
const COUNT_EVERY_MS = 500;

/** The stream, message by message, until `signal` is aborted or the engine closes. */
export async function* jobEvents(engine: Engine, { signal, heartbeatMs }: JobEventOptions): AsyncGenerator<string> {
  let id = 0;
  const message = (event: string, data: unknown) => `id: ${++id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  // Followed before it is read: no change is lost in between.
  const changes = engine.jobs.events({ signal });
  const timers = new AbortController();
  const after = (ms: number) =>
    wait(ms, "time" as const, { signal: timers.signal, ref: false }).catch(() => "time" as const);
  try {
    const { jobs } = await engine.jobs.list({ limit: SNAPSHOT_JOBS });
    yield `retry: ${RETRY_MS}\n\n`;
    yield message("snapshot", { jobs, queue: await engine.jobs.depth() });
    let next = changes.next();
    let heartbeat = after(heartbeatMs);
    let count: Promise<"time"> | undefined;
    for (;;) {
      const first = await Promise.race([
        next,
        heartbeat,
        ...(count === undefined ? [] : [count.then(() => "count" as const)]),
      ]);
      if (first === "count") {
        count = undefined;
        yield message("queue", await engine.jobs.depth());
      } else if (first === "time") yield ": still here\n\n";
      else if (first.done) return;
      else {
        yield message("job", first.value);
        next = changes.next();
        count ??= after(COUNT_EVERY_MS);
      }
      if (first !== "count") heartbeat = after(heartbeatMs);
    }
  } finally {
    timers.abort();
    await changes.return?.();
  }
}
