// Where the items of a job come from: the documents that were handed in, or the files that a scan finds.

import { resolve } from "node:path";
import type { Writer } from "../store/index.js";
import { jobOf } from "../store/index.js";
import type { Incoming } from "./batcher.js";
import type { JobPayload } from "./job-payload.js";
import type { Items, JobRun } from "./job-run.js";
import type { ShelvedJob } from "./job-shelf.js";
import type { QueueEvent } from "./queue-event.js";

export type OpenJobParts = { writer: Writer; earliestJob(): number; emit(event: QueueEvent): void };

/** What the job is to do: kept from its submission, or read again. */
export async function payloadOf({ payload, row }: ShelvedJob, writer: Writer): Promise<JobPayload> {
  if (payload !== undefined) return payload;
  const { readPayload } = await import("./job-payload.js");
  return readPayload(row.kind, row.tenant, writer.jobs.payload(row.sequence));
}

/** The items of one try. */
export async function openJob(job: ShelvedJob, run: JobRun, parts: OpenJobParts): Promise<Items> {
  const payload = await payloadOf(job, parts.writer);
  switch (payload.kind) {
    case "put":
      run.onDuplicate = payload.onDuplicate ?? "keep";
      return payload.documents.map((document): Incoming => ({ kind: "document", document })).values();
    case "paths":
      return openPaths(payload, job, run, parts);
    case "remove":
      return [].values();
    default:
      return payload satisfies never;
  }
}

async function openPaths(
  { targets, cwd, options }: JobPayload & { kind: "paths" },
  job: ShelvedJob,
  run: JobRun,
  { writer, earliestJob, emit }: OpenJobParts,
): Promise<Items> {
  const { pathItems } = await import("./path-items.js");
  const { report, ticket } = job;
  // Files that earlier tries have finished look unchanged to this one.
  const before = job.row.result.files?.read ?? 0;
  job.row.result.files ??= { read: 0, unchanged: 0, gone: 0, moved: 0 };
  run.force = options.force === true;
  run.onDuplicate = options.onDuplicate ?? "keep";
  const here = cwd === process.cwd() ? targets : targets.map((target) => resolve(cwd, target));
  return pathItems(here, options, {
    writer,
    job: run.sequence,
    earliestJob,
    signal: run.signal,
    onProgress(progress) {
      if (progress.kind === "scanned") {
        report.files.read = before + progress.files;
        report.files.unchanged = Math.max(0, progress.unchanged - before);
        report.bytes += progress.bytes;
        job.row.total = job.row.done + progress.files;
        emit({ kind: "job", job: jobOf(job.row) });
      }
      if (ticket !== undefined) emit({ kind: "progress", ticket, progress });
    },
    onMoved(moved, files) {
      report.files.moved += files;
      job.row.result.moved += moved.documents;
      emit({ kind: "moved", moved });
    },
    onGone(files) {
      report.files.gone = files;
    },
    onSkip: (skip) => report.skip(skip),
    onNotice: (notice) => report.notice(notice),
  });
}
