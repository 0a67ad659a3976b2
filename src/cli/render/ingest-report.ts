// What an indexing run did, and what it had to leave out.

import { relative } from "node:path";
import type { IngestReport } from "../../ingest/index.js";
import { countOf, formatBytes, formatMs, formatRate } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";

type Skip = IngestReport["skips"][number];
type Notice = IngestReport["notices"][number];

const SHOWN_ITEMS = 20;

/** "3 documents indexed, 1 document moved": what a run changed. */
export function summariseChanges({ files, documents, skips, duplicates }: IngestReport): string {
  return [
    `${countOf(documents.written, "document")} indexed`,
    ...(documents.moved > 0 ? [`${countOf(documents.moved, "document")} moved`] : []),
    ...(documents.removed > 0 ? [`${countOf(documents.removed, "document")} removed`] : []),
    ...(files.unchanged > 0 ? [`${countOf(files.unchanged, "file")} unchanged`] : []),
    ...(skips.length > 0 ? [`${skips.length} skipped`] : []),
    ...(duplicates.length > 0 ? [countOf(duplicates.length, "duplicate")] : []),
  ].join(", ");
}

export function renderIngestReport(report: IngestReport, library: string): string {
  const { files, chunks, embedded, ms } = report;
  const work = [
    ...(files.read > 0 ? [`${countOf(files.read, "file")} read (${formatBytes(report.bytes)})`] : []),
    ...(chunks > 0 ? [`${countOf(chunks, "chunk")}, ${countOf(embedded, "embedding")}`] : []),
    `${formatMs(ms)}${embedded > 0 && ms >= 1000 ? ` (${formatRate((embedded * 1000) / ms)} chunks/s)` : ""}`,
  ];
  return `${summariseChanges(report)}\n${work.join(", ")}\nlibrary: ${library}\n`;
}

/** "2 files were", "1 record was": a skip within a file leaves the rest of it indexed. */
export function countSkips(skips: readonly Skip[]): string {
  const records = skips.filter(({ line }) => line !== undefined).length;
  if (records === 0) return countOf(skips.length, "file was", "files were");
  if (records === skips.length) return countOf(records, "record was", "records were");
  return `${countOf(skips.length - records, "file")} and ${countOf(records, "record")} were`;
}

/** The first skips with path, reason and what to do; for the rest, where to find them. */
export function renderSkips(skips: readonly Skip[], style: Style, folder = process.cwd()): string {
  return firstOf(
    skips,
    ({ reason, hint, ...place }) =>
      `  ${style.bold(placeOf(place, folder))}: ${oneLine(reason)}\n    ${style.dim(oneLine(hint))}\n`,
  );
}

/** The first documents that were left out, and for which ones. */
export function renderDuplicates(duplicates: IngestReport["duplicates"], style: Style): string {
  return firstOf(duplicates, ({ id, duplicateOf, similarity }) => {
    const how = similarity === 1 ? "the same text as" : `${(similarity * 100).toFixed(0)} % the text of`;
    return `  ${style.bold(oneLine(id))}: ${how} ${oneLine(duplicateOf)}\n`;
  });
}

/** What readers left out or guessed of files that were indexed. */
export function renderNotices(notices: readonly Notice[], style: Style, folder = process.cwd()): string {
  return firstOf(notices, ({ notice, ...place }) => `  ${style.bold(placeOf(place, folder))}: ${oneLine(notice)}\n`);
}

function firstOf<T>(items: readonly T[], render: (item: T) => string): string {
  const shown = items.slice(0, SHOWN_ITEMS).map(render);
  const rest = items.length - shown.length;
  return shown.join("") + (rest > 0 ? `  and ${rest} more; --json lists all\n` : "");
}

function placeOf({ path, line }: { path: string; line?: number }, folder: string): string {
  return oneLine(nearer(path, folder)) + (line === undefined ? "" : `:${line}`);
}

// The shorter of the two ways to write a path.
function nearer(path: string, folder: string): string {
  const below = relative(folder, path);
  return below !== "" && !below.startsWith("..") ? below : path;
}
