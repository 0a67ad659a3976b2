// Everything that is read from a library, over one read-only connection. It sees each commit of the writer, also one in
// another process.

import { LodestoneError } from "../errors.js";
import type { FilterNode } from "../filters/index.js";
import { type CacheFileStatus, readCacheStatus } from "./cache-status.js";
import { openForReading } from "./connection.js";
import {
  type ChunkRecord,
  type DocumentReader,
  type DocumentSummary,
  openDocumentReader,
  type StoredDocument,
} from "./documents.js";
import { countFacets, countLibrary, type Facets, type LibraryCounts } from "./facets.js";
import { type FeedbackPage, readFeedback } from "./feedback.js";
import { countValues, type ValueCounts, type ValueCountsRequest } from "./field-values.js";
import { documentsMatching } from "./filter-sql.js";
import { type Freshness, readFreshness } from "./freshness.js";
import { activeGeneration, type Generation, generationOf, shadowGeneration } from "./generation.js";
import { headingsBeginning } from "./heading-prefix.js";
import type { Job } from "./job.js";
import { type JobListing, type JobPageRequest, type JobReader, openJobReader, type QueueDepth } from "./job-reader.js";
import { readLibraryId } from "./library-id.js";
import { type MigrationState, readMigration } from "./migration.js";
import { type Prints, readPrints } from "./prints.js";
import { openQualityReader, type QualityReader } from "./quality-reader.js";
import { readRankings, type StoredRanking } from "./ranking-schema.js";
import { countDirt, type Dirt } from "./reclaim.js";
import { type RowDocuments, type RowVectors, readRowDocuments, readVectors } from "./row-parts.js";
import { type DeadRows, type RowSlice, readDeadRows, readLiveRows, readRows } from "./rows.js";
import { readSources, type Source } from "./sources.js";
import { readTenantKeys, readTenants, type TenantSize } from "./tenants.js";
import { titlesBeginning } from "./title-prefix.js";

export type Reader = {
  /** Names the library, also where it was copied to. */
  libraryId(): string;
  /** The generation that is read. Throws LIBRARY_NOT_FOUND in a library that has none yet. */
  generation(): Generation;
  /** The other side of the migration under way. */
  shadow(): Generation | undefined;
  /** The migration that is under way, or else the last one that ended. */
  migration(): MigrationState | undefined;
  /** Changes whenever another connection has committed. */
  version(): number;
  /** Live rows from `from` on with their documents and vectors, about `maxRows` at a time. */
  rows(from: number, maxRows: number): RowSlice;
  /** The same without vectors, which are not read either. */
  rowDocuments(from: number, maxRows: number): RowDocuments;
  /** Vectors of those of `rows` (ascending) that are live. */
  vectors(rows: Uint32Array): RowVectors;
  /** Rows that were given out and are not alive any more. */
  deadRows(): DeadRows;
  /** Rows that are alive, ascending. */
  liveRows(): Uint32Array<ArrayBuffer>;
  chunks(rows: Uint32Array): ChunkRecord[];
  summaries(keys: readonly number[]): (DocumentSummary & { key: number })[];
  document(id: string): StoredDocument | undefined;
  list(page: { tenant: string; offset: number; limit: number; keys?: Uint32Array }): {
    documents: DocumentSummary[];
    total: number;
  };
  /** Keys of a tenant's documents for which the filter holds, ascending. */
  matching(tenant: string, filter: FilterNode): Uint32Array;
  facets(tenant: string): Facets;
  /** Folders whose files are indexed. */
  sources(): Source[];
  /** How many of a tenant's documents have which values. */
  values(request: ValueCountsRequest): ValueCounts[];
  /** Titles of a tenant's documents that begin with `prefix`, each once. */
  titles(tenant: string, prefix: string, limit: number): string[];
  /** The same of their headings. */
  headings(tenant: string, prefix: string, limit: number): string[];
  tenants(): TenantSize[];
  /** Keys of each tenant's documents. */
  tenantKeys(): { tenant: string; keys: Uint32Array<ArrayBuffer> }[];
  counts(): LibraryCounts;
  /** All documents by id, with what is known of how fresh they are. */
  freshness(): Generator<Freshness>;
  /** What duplicates are told by, of some documents or of a tenant's. */
  prints(of: { keys: readonly number[] } | { tenant: string }): Prints;
  /** Searches of a tenant that got feedback, from behind `after` on. */
  feedback(page: { tenant: string; after: number; limit: number }): FeedbackPage;
  /** What was learned of ranking, for each model version. */
  rankings(): StoredRanking[];
  /** Of the stored rows, how many are dead. */
  dirt(): Dirt;
  /** What the embedding cache beside the library holds. */
  cache(): CacheFileStatus;
  job(id: string): Job | undefined;
  jobs(page: JobPageRequest): JobListing;
  queueDepth(): QueueDepth;
  /** What watching quality keeps. */
  readonly quality: QualityReader;
  close(): void;
};

/**
 * Opens a library that has been created, to read one generation: default, whichever is active at the time. Throws LIBRARY_NOT_FOUND,
 * LIBRARY_TOO_NEW or LIBRARY_DAMAGED.
 */
export function openReader(library: string, generationId?: number): Reader {
  const db = openForReading(library);
  let rooms: { generation: Generation; documents: DocumentReader } | undefined;
  const open = () => {
    const generation = generationId === undefined ? activeGeneration(db) : generationOf(db, generationId);
    if (!generation) {
      throw new LodestoneError(
        "LIBRARY_NOT_FOUND",
        `The library ${library} has no index yet. Index a folder into it first.`,
      );
    }
    if (rooms?.generation.id !== generation.id) {
      rooms = { generation, documents: openDocumentReader(db, generation.id) };
    }
    return { ...rooms, generation };
  };
  let jobs: JobReader | undefined;
  const jobsOpened = () => {
    jobs ??= openJobReader(db);
    return jobs;
  };

  return {
    libraryId: () => readLibraryId(db),
    generation: () => open().generation,
    shadow: () => shadowGeneration(db),
    migration: () => readMigration(db),
    version: () => db.pragma("data_version", { simple: true }) as number,
    rows: (from, maxRows) => readRows(db, open().generation.id, from, maxRows),
    rowDocuments: (from, maxRows) => readRowDocuments(db, open().generation.id, from, maxRows),
    vectors: (rows) => readVectors(db, open().generation.id, rows),
    deadRows: () => readDeadRows(db, open().generation.id),
    liveRows: () => readLiveRows(db, open().generation.id),
    chunks: (rows) => open().documents.chunks(rows),
    summaries: (keys) => open().documents.summaries(keys),
    document: (id) => open().documents.document(id),
    list: (page) => open().documents.list(page),
    matching: (tenant, filter) => documentsMatching(db, tenant, filter),
    facets: (tenant) => countFacets(db, tenant),
    sources: () => readSources(db),
    values: (request) => countValues(db, request),
    titles: (tenant, prefix, limit) => titlesBeginning(db, tenant, prefix, limit),
    headings: (tenant, prefix, limit) => headingsBeginning(db, tenant, prefix, limit),
    tenants: () => readTenants(db, open().generation.id),
    tenantKeys: () => readTenantKeys(db),
    counts: () => countLibrary(db),
    job: (id) => jobsOpened().job(id),
    jobs: (page) => jobsOpened().list(page),
    queueDepth: () => jobsOpened().depth(),
    freshness: () => readFreshness(db),
    prints: (of) => readPrints(db, of),
    feedback: (page) => readFeedback(db, page),
    rankings: () => readRankings(db),
    dirt: () => countDirt(db),
    cache: () => readCacheStatus(library),
    quality: openQualityReader(db, () => open().generation.id),
    close: () => db.close(),
  };
}
