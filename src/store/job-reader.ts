// Jobs for display, over any connection.

import type { Database } from "better-sqlite3";
import { type Job, type JobState, jobOf, jobSequence } from "./job.js";
import { prepareJobQueries } from "./jobs.js";

export type JobListing = { jobs: Job[]; total: number };
/** How many jobs there are of those that are not over, and the bytes that wait in them. */
export type QueueDepth = { queued: number; running: number; failed: number; bytes: number };

export type JobReader = {
  job(id: string): Job | undefined;
  /** A page of the jobs in `state`, or of all, newest first. */
  list(page: { state?: JobState | undefined; offset: number; limit: number }): JobListing;
  depth(): QueueDepth;
};

export function openJobReader(db: Database): JobReader {
  const queries = prepareJobQueries(db);
  const inState = queries.select("WHERE state = ? ORDER BY sequence DESC LIMIT ? OFFSET ?");
  const all = queries.select("ORDER BY sequence DESC LIMIT ? OFFSET ?");
  const countAll = db.prepare<[], number>("SELECT count(*) FROM jobs").pluck();
  const countIn = db.prepare<[string], number>("SELECT count(*) FROM jobs WHERE state = ?").pluck();
  const depths = db.prepare<[], { state: "queued" | "running" | "failed"; jobs: number; bytes: number }>(
    `SELECT state, count(*) AS jobs, sum(bytes) AS bytes FROM jobs WHERE state IN ('queued', 'running', 'failed')
     GROUP BY state`,
  );
  return {
    job(id) {
      const sequence = jobSequence(id);
      const row = sequence === undefined ? undefined : queries.find(sequence);
      return row && jobOf(row);
    },
    list({ state, offset, limit }) {
      const rows = state === undefined ? all(limit, offset) : inState(state, limit, offset);
      return { jobs: rows.map(jobOf), total: state === undefined ? countAll.get()! : countIn.get(state)! };
    },
    depth() {
      const depth: QueueDepth = { queued: 0, running: 0, failed: 0, bytes: 0 };
      for (const { state, jobs, bytes } of depths.all()) {
        depth[state] = jobs;
        depth.bytes += bytes;
      }
      return depth;
    },
  };
}
