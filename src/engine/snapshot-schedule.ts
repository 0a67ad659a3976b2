// Snapshots by the clock: what a server does for its library while it runs.

import { type Clock, systemClock } from "../clock.js";
import {
  checkRetention,
  type RetentionPolicy,
  type Schedule,
  type SnapshotMade,
  startSchedule,
} from "../lifecycle/index.js";
import type { Engine } from "./engine-verbs.js";

export type SnapshotScheduleOptions = {
  everyMs: number;
  /** Removes others after each snapshot. Default: all are kept. */
  keep?: RetentionPolicy | undefined;
  withModels?: boolean | undefined;
  /** Told of each snapshot, and of the names of those that were removed after it. */
  onMade?: (made: SnapshotMade, removed: string[]) => void;
  onFailure(error: unknown): void;
  /** Default: the system's. */
  clock?: Clock;
};

/**
 * Makes a snapshot of an open engine's library whenever the newest one is older than the interval: at once where it is when
 * this begins. Throws INVALID_INPUT for a policy that keeps nothing.
 */
export function scheduleSnapshots(
  engine: Pick<Engine, "snapshot" | "snapshots">,
  { everyMs, keep, withModels, onMade, onFailure, clock = systemClock }: SnapshotScheduleOptions,
): Schedule {
  const policy = keep === undefined ? undefined : checkRetention(keep);
  return startSchedule({
    everyMs,
    clock,
    onFailure,
    async lastDoneMs() {
      const last = await engine.snapshots.last();
      return last === undefined ? undefined : Date.parse(last.createdAt);
    },
    async run(signal) {
      const made = await engine.snapshot({ withModels, signal });
      const removed = policy === undefined ? [] : (await engine.snapshots.prune(policy)).removed;
      onMade?.(made, removed);
    },
  });
}
