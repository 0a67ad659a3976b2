// Follows the changes of jobs over a stream of server-sent events, and connects again when it is lost. Each connection begins
// with what there is, so nothing need be remembered between two of them.
import type { Job, QueueDepth } from "../api/jobs.js";

export type Connection = "connecting" | "live" | "lost";

export type JobListener = {
  /** Connected: what was known before may be out of date. */
  onConnected(queue: QueueDepth): void;
  onJob(job: Job): void;
  onQueue(queue: QueueDepth): void;
  onConnection(connection: Connection): void;
};

/** The part of EventSource that is used. */
export type Source = Pick<EventSource, "addEventListener" | "close" | "readyState">;

/** After a refusal the browser gives up; this long until the next try. */
export const reconnectAfterMs = 3_000;
const CLOSED = 2;

/** Begins to follow; the function returned ends it. */
export function followJobs(
  listener: JobListener,
  open: (url: string) => Source = (url) => new EventSource(url),
  later: (work: () => void, ms: number) => unknown = setTimeout,
): () => void {
  let source: Source | undefined;
  let isOver = false;

  const connect = () => {
    if (isOver) return;
    const opened = open("/v1/jobs/events");
    source = opened;
    const on = <T>(event: string, take: (data: T) => void) =>
      opened.addEventListener(event, (message) => {
        if (!isOver) take(JSON.parse((message as unknown as { data: string }).data) as T);
      });
    on<{ queue: QueueDepth }>("snapshot", ({ queue }) => {
      listener.onConnection("live");
      listener.onConnected(queue);
    });
    on<Job>("job", listener.onJob);
    on<QueueDepth>("queue", listener.onQueue);
    opened.addEventListener("error", () => {
      if (isOver) return;
      listener.onConnection("lost");
      // Else the browser connects again by itself.
      if (opened.readyState === CLOSED) later(connect, reconnectAfterMs);
    });
  };
  listener.onConnection("connecting");
  connect();
  return () => {
    isOver = true;
    source?.close();
  };
}
