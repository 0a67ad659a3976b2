// Watching folders for an open engine: each watch runs over what has changed, as jobs that go before those in bulk.

import { LodestoneError } from "../errors.js";
import { type PathOptions, startWatcher, type WatchEvent, type Watcher } from "../ingest/index.js";
import { pathsOrder } from "./job-order.js";
import type { IngestProgress, JobDesk } from "./jobs.js";

export type WatchOptions = Omit<PathOptions, "within" | "force"> & {
  /**
   * Look at all files again and again, so many milliseconds apart, instead of being told by the system: for network drives, and
   * where the system watches no more folders.
   */
  pollMs?: number | undefined;
  onEvent?: (event: WatchEvent) => void;
  /** How the first run is going. */
  onProgress?: (progress: IngestProgress) => void;
  /** Ends the first run, and with it the watch. Later `close` does. */
  signal?: AbortSignal | undefined;
};

export type Watching = {
  watch(targets: readonly string[], options?: WatchOptions): Promise<Watcher>;
  /** Ends every watch. */
  close(): Promise<void>;
};

const SHORTEST_POLL_MS = 100;

export function openWatching(library: string, jobs: JobDesk): Watching {
  const watchers = new Set<Watcher>();
  return {
    async watch(targets, { onEvent, onProgress, signal, pollMs, ...options } = {}) {
      if (targets.length === 0) throw new LodestoneError("INVALID_INPUT", "Name at least one folder or file to watch.");
      if (pollMs !== undefined && !(pollMs >= SHORTEST_POLL_MS)) {
        throw new LodestoneError("INVALID_INPUT", `pollMs is at least ${SHORTEST_POLL_MS}, not ${pollMs}.`);
      }
      const watcher = await startWatcher({
        targets: [...targets],
        options,
        ignore: [library],
        pollMs,
        signal,
        onEvent: (event) => onEvent?.(event),
        run: (changed, narrowed, how) =>
          jobs.run(pathsOrder(changed, narrowed, how.isFirst ? "bulk" : "interactive"), {
            signal: how.signal,
            onProgress: how.isFirst ? onProgress : undefined,
          }),
      });
      const close = async () => {
        watchers.delete(guarded);
        await watcher.close();
      };
      const guarded = { close };
      watchers.add(guarded);
      return guarded;
    },
    async close() {
      await Promise.all([...watchers].map((watcher) => watcher.close()));
    },
  };
}
