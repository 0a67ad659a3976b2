// A job in words.
import type { Job, JobKind, JobState } from "../api/jobs.js";
import { formatCount, plural } from "../text/numbers.js";

export const stateNames: Readonly<Record<JobState, string>> = {
  running: "Running",
  queued: "Queued",
  failed: "Failed",
  done: "Done",
  cancelled: "Cancelled",
};

export const kindNames: Readonly<Record<JobKind, string>> = { put: "Put", remove: "Remove", paths: "Index" };

/** "40 of 90 files"; undefined where nothing is known yet. */
export function progressWords({ done, total, kind }: Job): string | undefined {
  if (total === null) return undefined;
  const noun = kind === "paths" ? "file" : "document";
  return done === total ? plural(total, noun) : `${formatCount(done)} of ${plural(total, noun)}`;
}

/** What it has done so far: "12 written, 3 unchanged, 40 passages". */
export function resultWords({ result }: Job): string {
  const { written, unchanged, removed, moved, missing, superseded, chunks, skipped = 0 } = result;
  const parts: [number, string][] = [
    [written, "written"],
    [unchanged, "unchanged"],
    [removed, "removed"],
    [moved, "moved"],
    [missing, "not there"],
    [superseded, "superseded"],
    [skipped, "skipped"],
  ];
  const counts = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return [...counts, ...(chunks > 0 ? [plural(chunks, "passage")] : [])].join(", ");
}

/** "2 running, 5 queued, 1 failed", for who cannot see the page change. */
export function queueWords({ running, queued, failed }: { running: number; queued: number; failed: number }): string {
  return `${formatCount(running)} running, ${formatCount(queued)} queued, ${formatCount(failed)} failed`;
}
