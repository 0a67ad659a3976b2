// The thread that watches folders: while files are read and written elsewhere it goes on taking the system's news.

import { workerData } from "node:worker_threads";
import { systemClock } from "../clock.js";
import type { CallContext } from "../threads/protocol.js";
import { serve } from "../threads/serve.js";
import { TargetWatch, type TargetWatchOptions, type WatchNews } from "./target-watch.js";

export type WatchWorkerData = { targets: string[]; options: TargetWatchOptions };

export type WatchVerbs = {
  /** The next news; one call at a time. */
  next(argument: null, context: CallContext): Promise<WatchNews>;
  /** Hands paths out again. */
  again(argument: { paths: string[] }): void;
  /** Folders watched. */
  folders(argument: null): number;
};

const { targets, options } = workerData as WatchWorkerData;

await serve<WatchVerbs>(async () => {
  const watch = await TargetWatch.open(targets, options, { clock: systemClock });
  return {
    verbs: {
      next: (_, { signal }) => watch.next(signal),
      again: ({ paths }) => watch.again(paths),
      folders: () => watch.folders,
    },
    close: () => watch.close(),
  };
});
