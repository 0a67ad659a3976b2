// What an indexing run did, and what it had to leave out.

import { relative } from "node:path";
import type { IngestReport } from "../../ingest/index.js";
import { countOf, formatBytes, formatMs, formatRate } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";

type Skip = IngestReport["skips"][number];

const SHOWN_SKIPS = 20;

export function renderIngestReport(report: IngestReport, library: string): string {
  const { files, documents, chunks, embedded, ms } = report;
  const changes = [
    `${countOf(documents.written, "document")} indexed`,
    ...(documents.removed > 0 ? [`${countOf(documents.removed, "document")} removed`] : []),
    ...(files.unchanged > 0 ? [`${countOf(files.unchanged, "file")} unchanged`] : []),
    ...(report.skips.length > 0 ? [`${report.skips.length} skipped`] : []),
  ];
  const work = [
    ...(files.read > 0 ? [`${countOf(files.read, "file")} read (${formatBytes(report.bytes)})`] : []),
    ...(chunks > 0 ? [`${countOf(chunks, "chunk")}, ${countOf(embedded, "embedding")}`] : []),
    `${formatMs(ms)}${embedded > 0 && ms >= 1000 ? ` (${formatRate((embedded * 1000) / ms)} chunks/s)` : ""}`,
  ];
  return `${changes.join(", ")}\n${work.join(", ")}\nlibrary: ${library}\n`;
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
  const shown = skips.slice(0, SHOWN_SKIPS).map(({ path, line, reason, hint }) => {
    const place = oneLine(nearer(path, folder)) + (line === undefined ? "" : `:${line}`);
    return `  ${style.bold(place)}: ${oneLine(reason)}\n    ${style.dim(oneLine(hint))}\n`;
  });
  const rest = skips.length - shown.length;
  return shown.join("") + (rest > 0 ? `  and ${rest} more; --json lists all\n` : "");
}

// The shorter of the two ways to write a path.
function nearer(path: string, folder: string): string {
  const below = relative(folder, path);
  return below !== "" && !below.startsWith("..") ? below : path;
}
