// Keeps a library in step with folders: watches them, brings the library up to date once, and from then on runs over just what
// has changed. The watch begins before the first run, so that nothing that changes meanwhile is missed.

import { setTimeout as wait } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import { startWorker } from "../threads/worker-client.js";
import type { IngestReport } from "./job-outcome.js";
import type { PathOptions } from "./path-items.js";
import type { TargetWatchOptions, WatchNews } from "./target-watch.js";
import type { WatchVerbs, WatchWorkerData } from "./watch-worker.js";

export type WatchEvent =
  /** The first run is over; from now on changes are followed. */
  | { kind: "watching"; report: IngestReport; folders: number }
  /** Changes were taken in: they are searchable. */
  | { kind: "indexed"; report: IngestReport }
  /** A watched folder is not there. Its documents stay until it is back, or until they are deleted. */
  | { kind: "missing"; path: string }
  | { kind: "returned"; path: string }
  /** Some folders cannot be watched; the others are. */
  | { kind: "limited"; reason: string }
  /** Changes could not be taken in. They are tried again. */
  | { kind: "failed"; error: Error; retryInMs: number };

export type WatcherParts = {
  targets: string[];
  options: PathOptions;
  /** Of folders that are not watched, the library's own above all. */
  ignore: string[];
  pollMs: number | undefined;
  /** Runs over the targets, the first time over all that is in them. */
  run(targets: string[], options: PathOptions, how: { isFirst: boolean; signal: AbortSignal }): Promise<IngestReport>;
  /** Ends the first run. */
  signal?: AbortSignal | undefined;
  onEvent(event: WatchEvent): void;
};

export type Watcher = {
  /** Ends the watch and a run in progress. What that left undone is done by the first run of the next watch. */
  close(): Promise<void>;
};

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Resolves when the first run is over. Throws PATH_NOT_FOUND, WATCH_UNAVAILABLE, and what a run throws. */
export async function startWatcher(parts: WatcherParts): Promise<Watcher> {
  const { targets, options, ignore, pollMs, run, signal, onEvent } = parts;
  const { include, exclude, defaultExcludes } = options;
  const watched: TargetWatchOptions = {
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(defaultExcludes === undefined ? {} : { defaultExcludes }),
    ignore,
    pollMs,
  };
  const data: WatchWorkerData = { targets, options: watched };
  const worker = await startWorker<WatchVerbs>(new URL("./watch-worker.js", import.meta.url), data, "watch");
  const stop = new AbortController();
  let retryMs = FIRST_RETRY_MS;

  async function take(news: Extract<WatchNews, { kind: "changed" }>): Promise<void> {
    let report: IngestReport;
    try {
      const narrowed = { ...options, force: false, within: news.within };
      report = await run(news.targets, narrowed, { isFirst: false, signal: stop.signal });
    } catch (error) {
      if (stop.signal.aborted) return;
      onEvent({ kind: "failed", error: error instanceof Error ? error : new Error(String(error)), retryInMs: retryMs });
      await wait(retryMs, undefined, { signal: stop.signal }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      if (!stop.signal.aborted) await worker.call("again", { paths: news.within });
      return;
    }
    retryMs = FIRST_RETRY_MS;
    if (hasChanged(report)) onEvent({ kind: "indexed", report });
  }

  async function follow(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        const news = await worker.call("next", null, { signal: stop.signal });
        if (news.kind === "changed") await take(news);
        else onEvent(news);
      } catch (error) {
        if (stop.signal.aborted) return;
        onEvent({ kind: "failed", error: asEnd(error), retryInMs: 0 });
        return;
      }
    }
  }

  let following: Promise<void> = Promise.resolve();
  const close = async () => {
    stop.abort();
    await following;
    await worker.close();
  };
  try {
    const signals = signal ? [stop.signal, signal] : [stop.signal];
    const report = await run(targets, options, { isFirst: true, signal: AbortSignal.any(signals) });
    onEvent({ kind: "watching", report, folders: await worker.call("folders", null) });
  } catch (error) {
    await close();
    throw error;
  }
  following = follow();
  return { close };
}

function hasChanged({ documents, skips }: IngestReport): boolean {
  return documents.written + documents.removed + documents.moved + skips.length > 0;
}

function asEnd(error: unknown): LodestoneError {
  return new LodestoneError("WATCH_UNAVAILABLE", "The watch has ended: changes are not followed any more.", {
    cause: error,
  });
}
