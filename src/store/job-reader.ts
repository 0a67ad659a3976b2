// Jobs for display, over any connection.

import type { Database } from "better-sqlite3";
import { type Job, type JobState, jobOf, jobSequence } from "./job.js";
import { prepareJobQueries } from "./jobs.js";

export type JobListing = { jobs: Job[]; total: number };
/** How many jobs there are of those that are not over, and the bytes that wait in them. */
export type QueueDepth = { queued: number; running: number; failed: number; bytes: number };

export type JobPageRequest = {
  tenant?: string | undefined;
  state?: JobState | undefined;
  offset: number;
  limit: number;
};

export type JobReader = {
  job(id: string): Job | undefined;
  /** A page of jobs, newest first: of one tenant or of all, in one state or in any. */
  list(page: JobPageRequest): JobListing;
  depth(): QueueDepth;
};

export function openJobReader(db: Database): JobReader {
  const queries = prepareJobQueries(db);
  const condition = "WHERE coalesce(?, tenant) = tenant AND coalesce(?, state) = state";
  const page = queries.select(`${condition} ORDER BY sequence DESC LIMIT ? OFFSET ?`);
  const count = db.prepare<[string | null, string | null], number>(`SELECT count(*) FROM jobs ${condition}`).pluck();
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
    list({ tenant, state, offset, limit }) {
      const [whose, which] = [tenant ?? null, state ?? null];
      return { jobs: page(whose, which, limit, offset).map(jobOf), total: count.get(whose, which)! };
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
