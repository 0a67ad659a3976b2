// /v1/jobs: the jobs and what can be done with them. Their changes come as server-sent events (jobs/follow-jobs.ts).
import type { Send } from "./request.js";

export const jobStates = ["running", "queued", "failed", "done", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];
export type JobKind = "put" | "remove" | "paths";

export type JobResult = {
  written: number;
  unchanged: number;
  removed: number;
  moved: number;
  missing: number;
  superseded: number;
  chunks: number;
  embedded: number;
  files?: { read: number; unchanged: number; gone: number; moved: number };
  skipped?: number;
  skips?: { path: string; line?: number; reason: string; hint: string }[];
};

export type Job = {
  id: string;
  kind: JobKind;
  priority: "interactive" | "bulk";
  state: JobState;
  subject: string;
  done: number;
  total: number | null;
  bytes: number;
  attempts: number;
  nextAttemptAt?: string;
  error?: { code: string; message: string };
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  result: JobResult;
};

export type JobPage = { jobs: Job[]; total: number; offset: number; limit: number };
export type QueueDepth = { queued: number; running: number; failed: number; bytes: number };

export async function fetchJobs(
  send: Send,
  { state, offset, limit }: { state: JobState | undefined; offset: number; limit: number },
  signal: AbortSignal,
): Promise<JobPage> {
  const parameters = new URLSearchParams({ offset: String(offset), limit: String(limit) });
  if (state !== undefined) parameters.set("state", state);
  return (await send(`/v1/jobs?${parameters}`, { signal })) as JobPage;
}

export async function retryJob(send: Send, id: string): Promise<Job> {
  return (await send(`/v1/jobs/${encodeURIComponent(id)}/retry`, { method: "POST" })) as Job;
}

export async function retryFailedJobs(send: Send): Promise<void> {
  await send("/v1/jobs/retry", { method: "POST" });
}

/** Also dismisses a failed job. */
export async function cancelJob(send: Send, id: string): Promise<Job> {
  return (await send(`/v1/jobs/${encodeURIComponent(id)}`, { method: "DELETE" })) as Job;
}
