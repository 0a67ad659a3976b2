// Staleness as the engine offers it: which documents are due, bringing them up to date, and doing so by the clock.

import { z } from "zod";
import { type Clock, systemClock } from "../clock.js";
import { LodestoneError } from "../errors.js";
import { type Filter, parseFilter } from "../filters/index.js";
import type { IngestClient, IngestReport, PathOptions } from "../ingest/index.js";
import { parseInput } from "../input/parse-input.js";
import { type Schedule, type StalePage, stalenessPolicies, startSchedule } from "../lifecycle/index.js";
import type { Reports } from "./reports.js";

/** Rules for the policies of documents, the first that fits decides; before those that are built in. */
export const stalenessOptionsSchema = z
  .strictObject({
    rules: z
      .array(z.strictObject({ filter: z.custom<Filter>(), policy: z.enum(stalenessPolicies) }))
      .max(100)
      .default([]),
  })
  .prefault({});

export type StalenessOptions = z.output<typeof stalenessOptionsSchema>;

export const staleQuerySchema = z.strictObject({
  /** Lists all documents with their policies, not only those that are due. */
  all: z.boolean().default(false),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(1000).default(50),
});

export type StaleQuery = z.input<typeof staleQuerySchema>;

export type StaleReport = {
  /** Documents that were due. */
  due: number;
  /** Files that were read again, those that could not be, and those that are not there any more: their documents stay. */
  files: { read: number; skipped: number; gone: string[] };
  /** Documents whose content had changed, and those that were prepared anew from their stored text. */
  documents: { written: number; removed: number; reprepared: number };
  /** Passages that went through the encoder. */
  embedded: number;
  ms: number;
};

export type StaleProgress = { done: number; total: number };

export type StaleRunOptions = { signal?: AbortSignal; onProgress?: (progress: StaleProgress) => void };

export type StaleScheduleOptions = {
  everyMs: number;
  /** Told of each run in which something was due. */
  onDone?: (report: StaleReport) => void;
  onFailure(error: unknown): void;
  /** Default: the system's. */
  clock?: Clock;
};

export type StaleVerbs = {
  /** A page of documents that are due, by id. */
  list(query?: StaleQuery): Promise<StalePage>;
  /**
   * Brings all that is due up to date: files are read again, and what has changed in them is embedded; documents without a
   * file are prepared anew where the text pipeline has another version. Never another model: that is a migration. Throws
   * LIBRARY_READ_ONLY, DISK_FULL, ABORTED; what was brought up to date before stays.
   */
  run(options?: StaleRunOptions): Promise<StaleReport>;
  /** Runs by the clock, at once for the first time, until it is closed. */
  schedule(options: StaleScheduleOptions): Schedule;
};

export type StaleParts = {
  reports: Reports;
  writer(): IngestClient;
  ingestPaths(targets: readonly string[], options: PathOptions & { signal?: AbortSignal }): Promise<IngestReport>;
  options: StalenessOptions;
  now(): number;
};

// So many files go into one job: others get their turn in between, and a stop is heard.
const FILES_AT_ONCE = 200;
const TEXTS_AT_ONCE = 500;

export function staleVerbs({ reports, writer, ingestPaths, options, now }: StaleParts): StaleVerbs {
  const rules = () => ({ rules: options.rules, nowMs: now() });

  const run = async ({ signal, onProgress }: StaleRunOptions = {}): Promise<StaleReport> => {
    const startedMs = performance.now();
    const ingest = writer();
    const { due, files, gone, texts } = await reports.staleWork(rules());
    const report: StaleReport = {
      due,
      files: { read: 0, skipped: 0, gone },
      documents: { written: 0, removed: 0, reprepared: 0 },
      embedded: 0,
      ms: 0,
    };
    const total = files.length + texts.length;
    const note = (done: number) => {
      onProgress?.({ done, total });
      if (signal?.aborted) throw new LodestoneError("ABORTED", "The call was aborted.", { cause: signal.reason });
    };
    const aborting = signal === undefined ? {} : { signal };
    for (let start = 0; start < files.length; start += FILES_AT_ONCE) {
      note(start);
      const part = files.slice(start, start + FILES_AT_ONCE);
      // Named as suspects, files are read whatever their size and time say.
      const { documents, embedded, skips } = await ingestPaths(part, { within: part, ...aborting });
      report.files.read += part.length - skips.length;
      report.files.skipped += skips.length;
      report.documents.written += documents.written;
      report.documents.removed += documents.removed;
      report.embedded += embedded;
    }
    for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
      note(files.length + start);
      const ids = texts.slice(start, start + TEXTS_AT_ONCE);
      const { documents, embedded } = await ingest.call("reprepare", { ids }, aborting);
      report.documents.reprepared += documents;
      report.embedded += embedded;
    }
    onProgress?.({ done: total, total });
    return { ...report, ms: performance.now() - startedMs };
  };

  return {
    run,
    async list(query = {}) {
      const checked = parseInput(staleQuerySchema, query, "The question for stale documents");
      return reports.stale({ ...checked, ...rules() });
    },
    schedule({ everyMs, onDone, onFailure, clock = systemClock }) {
      writer();
      let lastMs: number | undefined;
      return startSchedule({
        everyMs,
        clock,
        onFailure,
        lastDoneMs: async () => lastMs,
        async run(signal) {
          const startedMs = clock.now();
          const report = await run({ signal });
          lastMs = startedMs;
          if (report.due > 0) onDone?.(report);
        },
      });
    },
  };
}

/** Throws FILTER_INVALID for a rule whose filter is none. */
export function checkStalenessRules({ rules }: StalenessOptions): void {
  for (const { filter } of rules) parseFilter(filter);
}
