// Jobs for people: a listing, and one in full.

import type { Job, JobResult } from "../../store/index.js";
import { renderFacts } from "./facts.js";
import { countOf, formatBytes, formatCount } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";
import { fitted } from "./width.js";

const SUBJECT_COLUMNS = 60;

export function renderJobPage(jobs: readonly Job[], style: Style): string {
  const rows = jobs.map((job) => [
    job.id,
    job.state,
    job.kind,
    progressOf(job),
    moment(job.createdAt),
    fitted(oneLine(job.subject), SUBJECT_COLUMNS),
  ]);
  const columns = [
    { title: "id" },
    { title: "state" },
    { title: "kind" },
    { title: "progress", align: "right" },
    { title: "submitted (UTC)" },
    { title: "subject" },
  ] as const;
  const styleCell = (text: string, row: number, column: number) =>
    column === 1 && jobs[row]?.state === "failed" ? style.failure(text) : text;
  return renderTable(columns, rows, { style, styleCell }).join("\n");
}

export function renderJob(job: Job, style: Style): string {
  const { id, state, kind, priority, subject, bytes, attempts, error, result } = job;
  return renderFacts(
    [
      ["id", id],
      ["state", state],
      ["kind", `${kind}, ${priority}`],
      ["subject", subject],
      ["size", formatBytes(bytes)],
      ["progress", progressOf(job)],
      ["tries", attempts === 0 ? undefined : formatCount(attempts)],
      ["next try", job.nextAttemptAt],
      ["submitted", job.createdAt],
      ["begun", job.startedAt],
      ["over", job.finishedAt],
      ["result", describeResult(result)],
      ["error", error && `${error.code}: ${error.message}`],
      ...(result.skips ?? []).map(({ path, line, reason }, i) => {
        const place = line === undefined ? path : `${path}:${line}`;
        return [i === 0 ? `skipped (${formatCount(result.skipped ?? 0)})` : "", `${place}: ${reason}`] as const;
      }),
    ],
    style,
  );
}

function progressOf({ done, total, kind }: Job): string {
  const noun = kind === "paths" ? "file" : "document";
  return total === null ? "" : `${formatCount(done)}/${countOf(total, noun)}`;
}

function describeResult(result: JobResult): string | undefined {
  const counts = [
    [result.written, "written"],
    [result.unchanged, "unchanged"],
    [result.removed, "removed"],
    [result.moved, "moved"],
    [result.missing, "missing"],
    [result.superseded, "superseded by later jobs"],
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** To the minute. */
function moment(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
