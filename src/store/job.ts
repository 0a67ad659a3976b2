// A job of the ingestion queue: as it is stored, and as it is shown.

import type { Skip } from "../documents/index.js";
import { LodestoneError } from "../errors.js";
import { TENANT_SEPARATOR, unscopedId } from "./tenancy.js";

export type JobKind = "put" | "remove" | "paths";
export type JobPriority = "interactive" | "bulk";

export const jobStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

/** What a job has done so far; what was committed stays counted when it is tried again or goes on after a crash. */
export type JobResult = {
  /** Documents. */
  written: number;
  unchanged: number;
  removed: number;
  /** With their files to another place. */
  moved: number;
  /** Ids to remove that had no document. */
  missing: number;
  /** Documents left alone because a later job has written or removed them already. */
  superseded: number;
  chunks: number;
  /** Passages that went through the encoder. */
  embedded: number;
  tokens: number;
  /** Passages whose vector was known already. */
  cached: number;
  /** Of a job over paths. `skipped` counts what could not be read; the first of them are in `skips`. */
  files?: { read: number; unchanged: number; gone: number; moved: number };
  skipped?: number;
  skips?: Skip[];
  /** Documents that were left out because they duplicate others, where that was asked for; `first` has some of them. */
  duplicates?: { count: number; first: SkippedDuplicate[] };
};

/** A document that was left out for one that is there. */
export type SkippedDuplicate = {
  id: string;
  duplicateOf: string;
  /** Estimated Jaccard similarity of the texts; 1: the same text. */
  similarity: number;
};

/** One row of the table `jobs`. */
export type JobRow = {
  readonly sequence: number;
  readonly tenant: string;
  readonly kind: JobKind;
  readonly priority: JobPriority;
  readonly subject: string;
  readonly bytes: number;
  readonly createdMs: number;
  state: JobState;
  total: number | null;
  done: number;
  attempts: number;
  nextAttemptMs: number;
  errorCode: string | null;
  errorMessage: string | null;
  result: JobResult;
  startedMs: number | null;
  finishedMs: number | null;
};

/** A job as the faces show it. Times are ISO 8601. */
export type Job = {
  /** Sorts by age. */
  id: string;
  /** Whose it is; absent: nobody's. */
  tenant?: string;
  kind: JobKind;
  priority: JobPriority;
  state: JobState;
  /** What it is about: the first ids, or the targets. */
  subject: string;
  /** Documents (of paths: files) that are settled, of how many; null until they have been counted. */
  done: number;
  total: number | null;
  /** Of what was submitted. */
  bytes: number;
  /** Tries since it last got anything done. */
  attempts: number;
  /** Of a job that waits for its next try. */
  nextAttemptAt?: string;
  /** Why the last try failed, also while it waits for the next one. */
  error?: { code: string; message: string };
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  result: JobResult;
};

const ID_DIGITS = 10;

export function jobId(sequence: number): string {
  return `j${String(sequence).padStart(ID_DIGITS, "0")}`;
}

/** The sequence behind an id; undefined for what is none. */
export function jobSequence(id: string): number | undefined {
  return /^j\d{10,15}$/.test(id) ? Number(id.slice(1)) : undefined;
}

/** The sequence behind an id that names a job. Throws NOT_FOUND. */
export function knownSequence(id: string): number {
  const sequence = jobSequence(id);
  if (sequence === undefined) throw jobNotFound(id);
  return sequence;
}

export function jobNotFound(id: string): LodestoneError {
  const shown = JSON.stringify(id.slice(0, 80));
  return new LodestoneError("NOT_FOUND", `There is no job ${shown}. Finished jobs are kept for a week at most.`);
}

export function isFinished({ state }: { state: JobState }): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

export function emptyResult(): JobResult {
  const documents = { written: 0, unchanged: 0, removed: 0, moved: 0, missing: 0, superseded: 0 };
  return { ...documents, chunks: 0, embedded: 0, tokens: 0, cached: 0 };
}

export function jobOf(row: JobRow): Job {
  const { kind, priority, state, subject, done, total, bytes, attempts, result } = row;
  return {
    id: jobId(row.sequence),
    ...(row.tenant === "" ? {} : { tenant: row.tenant }),
    kind,
    priority,
    state,
    subject,
    done,
    total,
    bytes,
    attempts,
    ...(state === "queued" && row.nextAttemptMs > 0 ? { nextAttemptAt: instant(row.nextAttemptMs) } : {}),
    ...(row.errorCode === null
      ? {}
      : { error: { code: row.errorCode, message: withoutTenant(row.errorMessage ?? "", row.tenant) } }),
    createdAt: instant(row.createdMs),
    ...(row.startedMs === null ? {} : { startedAt: instant(row.startedMs) }),
    ...(row.finishedMs === null ? {} : { finishedAt: instant(row.finishedMs) }),
    result: row.tenant === "" ? result : ownResult(result),
  };
}

/** A message as the tenant is to read it: with ids as it knows them. */
export function withoutTenant(message: string, tenant: string): string {
  if (tenant === "") return message;
  return message.replaceAll(`${tenant}\\u001f`, "").replaceAll(tenant + TENANT_SEPARATOR, "");
}

/** A duplicate with ids as its tenant knows them. */
export function ownDuplicate({ id, duplicateOf, similarity }: SkippedDuplicate): SkippedDuplicate {
  return { id: unscopedId(id), duplicateOf: unscopedId(duplicateOf), similarity };
}

function ownResult({ duplicates, ...result }: JobResult): JobResult {
  return duplicates ? { ...result, duplicates: { ...duplicates, first: duplicates.first.map(ownDuplicate) } } : result;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
