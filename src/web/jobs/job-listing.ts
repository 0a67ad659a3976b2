// The jobs on the page: pages of the server's list, kept up to date by the changes that come in.
import type { Job, JobPage, JobState } from "../api/jobs.js";

export type JobListing = {
  /** Newest first. */
  jobs: readonly Job[];
  /** How many the server has of them. */
  total: number;
};

/** The first page of a list. */
export function listingOf({ jobs, total }: JobPage): JobListing {
  return { jobs, total };
}

/** A further page. A list that grew between two pages can bring a job twice; it stays where it stood first. */
export function extended(listing: JobListing, { jobs, total }: JobPage): JobListing {
  const known = new Set(listing.jobs.map(({ id }) => id));
  return { jobs: [...listing.jobs, ...jobs.filter(({ id }) => !known.has(id))], total };
}

/** Takes in that a job has changed; `state` is the only one that is listed, if any. */
export function updated({ jobs, total }: JobListing, job: Job, state: JobState | undefined): JobListing {
  const at = jobs.findIndex(({ id }) => id === job.id);
  const belongs = state === undefined || job.state === state;
  if (at >= 0) {
    const others = jobs.filter((_, i) => i !== at);
    return belongs ? { jobs: jobs.with(at, job), total } : { jobs: others, total: total - 1 };
  }
  if (!belongs) return { jobs, total };
  // Ids sort by age. One that is older than all that are shown is on a page that was not asked for.
  const before = jobs.findIndex(({ id }) => id < job.id);
  if (before === -1)
    return jobs.length < total ? { jobs, total: total + 1 } : { jobs: [...jobs, job], total: total + 1 };
  return { jobs: jobs.toSpliced(before, 0, job), total: total + 1 };
}
