// Job changes where another process writes the library: read from it whenever it has changed.

import { setTimeout as wait } from "node:timers/promises";
import type { Job, StoreReader } from "../store/index.js";

const LOOK_EVERY_MS = 1_000;
/** Looked at each time: those that run, and those that ended since the last look. */
const LATEST_JOBS = 200;

/** Changes from now on, until `signal` is aborted or the reader is closed. */
export async function* followStored(
  reader: () => StoreReader,
  signal: AbortSignal | undefined,
): AsyncGenerator<Job, undefined> {
  let known: Map<string, string> | undefined;
  let version: number | undefined;
  for (;;) {
    const current = await reader().call("version", null);
    if (current !== version) {
      version = current;
      const { jobs } = await reader().call("jobs", { offset: 0, limit: LATEST_JOBS });
      const before = known;
      known = new Map(jobs.map((job) => [job.id, JSON.stringify(job)]));
      for (const job of jobs.reverse()) if (before && before.get(job.id) !== known.get(job.id)) yield job;
    }
    await wait(LOOK_EVERY_MS, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(
      () => undefined,
    );
    if (signal?.aborted) return undefined;
  }
}
