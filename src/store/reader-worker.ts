// The thread that reads: look-ups never hold the caller's event loop.

import { workerData } from "node:worker_threads";
import type { FilterNode } from "../filters/index.js";
import { serve, transferring } from "../threads/serve.js";
import type { CacheFileStatus } from "./cache-status.js";
import type { ChunkRecord, DocumentSummary, StoredDocument } from "./documents.js";
import type { Facets, LibraryCounts } from "./facets.js";
import type { FeedbackPage } from "./feedback.js";
import type { ValueCounts, ValueCountsRequest } from "./field-values.js";
import type { Generation } from "./generation.js";
import type { Job } from "./job.js";
import type { JobListing, JobPageRequest, QueueDepth } from "./job-reader.js";
import type { MigrationState } from "./migration.js";
import type { Prints } from "./prints.js";
import type { QualityNotes } from "./quality-reader.js";
import type { StoredCost } from "./quality-store.js";
import type { StoredRanking } from "./ranking-schema.js";
import { openReader } from "./reader.js";
import type { Dirt } from "./reclaim.js";
import type { RowDocuments, RowVectors } from "./row-parts.js";
import type { DeadRows, RowSlice } from "./rows.js";
import type { Source } from "./sources.js";
import type { TenantSize } from "./tenants.js";

export type ReaderVerbs = {
  libraryId(argument: null): string;
  generation(argument: null): Generation;
  shadow(argument: null): Generation | undefined;
  migration(argument: null): MigrationState | undefined;
  version(argument: null): number;
  rows(argument: { from: number; maxRows: number }): RowSlice;
  rowDocuments(argument: { from: number; maxRows: number }): RowDocuments;
  vectors(argument: { rows: Uint32Array }): RowVectors;
  deadRows(argument: null): DeadRows;
  liveRows(argument: null): Uint32Array;
  chunks(argument: { rows: Uint32Array }): ChunkRecord[];
  summaries(argument: { keys: number[] }): (DocumentSummary & { key: number })[];
  document(argument: { id: string }): StoredDocument | undefined;
  list(argument: { tenant: string; offset: number; limit: number; keys?: Uint32Array }): {
    documents: DocumentSummary[];
    total: number;
  };
  /** Keys of the documents for which the filter holds, ascending. */
  matching(argument: { tenant: string; filter: FilterNode }): Uint32Array;
  facets(argument: { tenant: string }): Facets;
  sources(argument: null): Source[];
  values(argument: ValueCountsRequest): ValueCounts[];
  titles(argument: { tenant: string; prefix: string; limit: number }): string[];
  headings(argument: { tenant: string; prefix: string; limit: number }): string[];
  tenants(argument: null): TenantSize[];
  tenantKeys(argument: null): { tenant: string; keys: Uint32Array<ArrayBuffer> }[];
  counts(argument: null): LibraryCounts;
  prints(argument: { keys: number[] }): Prints;
  feedback(argument: { tenant: string; after: number; limit: number }): FeedbackPage;
  rankings(argument: null): StoredRanking[];
  dirt(argument: null): Dirt;
  cache(argument: null): CacheFileStatus;
  job(argument: { id: string }): Job | undefined;
  jobs(argument: JobPageRequest): JobListing;
  queueDepth(argument: null): QueueDepth;
  qualityNotes(argument: { generation: number }): QualityNotes;
  costs(argument: null): StoredCost[];
};

const { library, generation } = workerData as { library: string; generation: number | undefined };

await serve<ReaderVerbs>(async () => {
  const reader = openReader(library, generation);
  return {
    verbs: {
      libraryId: () => reader.libraryId(),
      generation: () => reader.generation(),
      shadow: () => reader.shadow(),
      migration: () => reader.migration(),
      version: () => reader.version(),
      rows({ from, maxRows }) {
        const slice = reader.rows(from, maxRows);
        return transferring(slice, [slice.rows.buffer, slice.documentKeys.buffer, slice.vectors.buffer]);
      },
      rowDocuments: ({ from, maxRows }) => reader.rowDocuments(from, maxRows),
      vectors({ rows }) {
        const found = reader.vectors(rows);
        return transferring(found, [found.rows.buffer, found.vectors.buffer]);
      },
      deadRows: () => reader.deadRows(),
      liveRows: () => reader.liveRows(),
      chunks: ({ rows }) => reader.chunks(rows),
      summaries: ({ keys }) => reader.summaries(keys),
      document: ({ id }) => reader.document(id),
      list: (page) => reader.list(page),
      matching: ({ tenant, filter }) => reader.matching(tenant, filter),
      facets: ({ tenant }) => reader.facets(tenant),
      sources: () => reader.sources(),
      values: (request) => reader.values(request),
      titles: ({ tenant, prefix, limit }) => reader.titles(tenant, prefix, limit),
      headings: ({ tenant, prefix, limit }) => reader.headings(tenant, prefix, limit),
      tenants: () => reader.tenants(),
      tenantKeys: () => reader.tenantKeys(),
      counts: () => reader.counts(),
      job: ({ id }) => reader.job(id),
      jobs: (page) => reader.jobs(page),
      queueDepth: () => reader.queueDepth(),
      qualityNotes: ({ generation }) => reader.quality.notes(generation),
      costs: () => reader.quality.costs(),
      prints: ({ keys }) => reader.prints({ keys }),
      feedback: (page) => reader.feedback(page),
      rankings: () => reader.rankings(),
      dirt: () => reader.dirt(),
      cache: () => reader.cache(),
    },
    close: () => reader.close(),
  };
});
