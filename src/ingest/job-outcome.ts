// What whoever waits for a job is told when it is over.

import type { Skip } from "../documents/index.js";
import type { JobResult, JobRow, Removed, SkippedDuplicate } from "../store/index.js";
import { fromWire } from "../threads/protocol.js";
import type { PathReport } from "./job-run.js";
import type { JobOutcome } from "./queue-event.js";
import type { ReadNotice } from "./read.js";

export type PutReport = {
  written: number;
  unchanged: number;
  chunks: number;
  embedded: number;
  /** Documents that were left out because they duplicate others; only where that was asked for. */
  duplicates?: SkippedDuplicate[];
};

export type RemoveReport = { removed: string[]; missing: string[] };

export type IngestReport = {
  /** `moved`: files recognised by their bytes at another place; they are neither read nor gone. */
  files: { read: number; unchanged: number; gone: number; moved: number };
  /** `moved`: documents of moved files; they have ids after the new path and keep their vectors. */
  documents: { written: number; unchanged: number; removed: number; moved: number };
  chunks: number;
  /** Passages that went through the encoder. */
  embedded: number;
  tokens: number;
  /** Passages whose vector was known already, from the cache or from the same text beside it. */
  cached: number;
  bytes: number;
  skips: Skip[];
  /** What readers had to leave out or guess of files that were read. */
  notices: ReadNotice[];
  /** Documents that were left out because they duplicate others, where that was asked for. */
  duplicates: SkippedDuplicate[];
  ms: number;
};

/** The report, or the failure as an error. */
export function reportOf(outcome: JobOutcome): PutReport | RemoveReport | IngestReport {
  if (outcome.kind === "error") throw fromWire(outcome.error);
  return outcome.report;
}

/** Skips that are kept with a job; its count has all. */
const KEPT_SKIPS = 100;

/** What a later job has written over counts as written: it was, or would have been. */
export function putReport({ result }: JobRow, { duplicates }: PathReport): PutReport {
  const { written, superseded, unchanged, chunks, embedded } = result;
  const skipped = duplicates.size > 0 ? { duplicates: [...duplicates.values()] } : {};
  return { written: written + superseded, unchanged, chunks, embedded, ...skipped };
}

/** What a later job has brought anew counts as removed: what it was before is gone. */
export function removeReport({ removed, superseded, missing }: Removed): RemoveReport {
  return { removed: [...removed, ...superseded], missing };
}

export function ingestReport({ result, startedMs, finishedMs }: JobRow, report: PathReport): IngestReport {
  const { written, superseded, unchanged, removed, moved, chunks, embedded, tokens, cached } = result;
  return {
    files: report.files,
    documents: { written: written + superseded, unchanged, removed, moved },
    chunks,
    embedded,
    tokens,
    cached,
    bytes: report.bytes,
    skips: [...report.skips.values()],
    notices: [...report.notices.values()],
    duplicates: [...report.duplicates.values()],
    ms: (finishedMs ?? 0) - (startedMs ?? 0),
  };
}

/** A job's result with what its scan and its readers had to tell, and what was left out. */
export function withReport({ kind, result }: JobRow, { files, skips, duplicates }: PathReport): JobResult {
  const first = [...duplicates.values()].slice(0, KEPT_SKIPS);
  return {
    ...result,
    ...(kind === "paths" ? { files, skipped: skips.size, skips: [...skips.values()].slice(0, KEPT_SKIPS) } : {}),
    ...(first.length > 0 ? { duplicates: { count: duplicates.size, first } } : {}),
  };
}
