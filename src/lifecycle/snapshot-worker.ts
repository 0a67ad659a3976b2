// The thread of one snapshot, check or restore: reading and hashing gigabytes is no work for the caller's event loop.

import { constants, setPriority } from "node:os";
import { diskOperations } from "../files/index.js";
import type { CallContext } from "../threads/protocol.js";
import { serve } from "../threads/serve.js";
import { type Restored, type RestoreRequest, restore } from "./restore.js";
import { type PruneReport, type PruneRequest, prune } from "./retention.js";
import { makeSnapshot, type SnapshotMade, type SnapshotRequest } from "./snapshot.js";
import { findSnapshot, removeFolder, whileLocked } from "./snapshot-folder.js";
import { checkSnapshot, type VerifyReport } from "./verify-snapshot.js";

export type SnapshotVerbs = {
  make(argument: SnapshotRequest & { nowMs: number }, context: CallContext): Promise<SnapshotMade>;
  verify(argument: { path: string }, context: CallContext): Promise<VerifyReport>;
  restore(argument: RestoreRequest, context: CallContext): Promise<Restored>;
  prune(argument: PruneRequest, context: CallContext): Promise<PruneReport>;
  remove(argument: { directory: string; name: string }): Promise<void>;
};

// Progress is for people: ten times a second is plenty.
const REPORT_EVERY_MS = 100;

function contextOf({ signal, progress }: CallContext) {
  let reportedAt = 0;
  return {
    signal,
    progress(value: { done: number; total: number }) {
      const now = performance.now();
      if (now - reportedAt < REPORT_EVERY_MS && value.done < value.total) return;
      reportedAt = now;
      progress(value);
    },
  };
}

// Searches go first where there are fewer cores than threads. Only Linux has priorities of single threads.
if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_LOW);

await serve<SnapshotVerbs>(async () => ({
  verbs: {
    make: ({ nowMs, ...request }, context) => makeSnapshot(request, { ...contextOf(context), now: () => nowMs }),
    verify: ({ path }, context) => checkSnapshot(path, contextOf(context)),
    restore: (request, context) => restore(request, contextOf(context)),
    prune: (request, context) => prune(request, contextOf(context)),
    remove: async ({ directory, name }) => {
      await findSnapshot(directory, name);
      await whileLocked(directory, diskOperations, () => removeFolder(directory, name, diskOperations));
    },
  },
}));
