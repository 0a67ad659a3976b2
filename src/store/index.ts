// The store's verbs: everything that touches SQLite.

export { type CacheTotals, cachePath } from "./cache-file.js";
export { probeCache } from "./cache-probe.js";
export type { CacheFileStatus } from "./cache-status.js";
export { chunkKeyRange } from "./chunk-key.js";
export { prepareCompaction } from "./compact-rows.js";
export { databaseName, databasePath, guarded } from "./connection.js";
export {
  type CopyDatabase,
  copyDatabase,
  type DatabaseFacts,
  type GenerationFacts,
  inspectDatabase,
} from "./copy-database.js";
export { copyLexicalFiles } from "./copy-lexical-files.js";
export type { ChunkRecord, DocumentSummary, StoredChunk, StoredDocument } from "./documents.js";
export {
  type EmbeddingCache,
  type EmbeddingCacheOptions,
  type EmbeddingSpace,
  openEmbeddingCache,
} from "./embedding-cache.js";
export type { FacetCount, Facets, LibraryCounts } from "./facets.js";
export type { FeedbackBounds, FeedbackPage, FeedbackSearch } from "./feedback.js";
export type { ValueCount, ValueCounts } from "./field-values.js";
export { metadataFields } from "./fields.js";
export type { Freshness } from "./freshness.js";
export { type Generation, type GenerationRecipe, storedGeneration } from "./generation.js";
export {
  emptyResult,
  isFinished,
  type Job,
  type JobKind,
  type JobPriority,
  type JobResult,
  type JobRow,
  type JobState,
  jobId,
  jobNotFound,
  jobOf,
  jobStates,
  knownSequence,
  ownDuplicate,
  type SkippedDuplicate,
  withoutTenant,
} from "./job.js";
export type { JobListing, QueueDepth } from "./job-reader.js";
export type { JobStore, NewJob } from "./jobs.js";
export { type LexicalIndex, startLexical } from "./lexical-client.js";
export type { LexicalStatus } from "./lexical-worker.js";
export { storedLibraryId } from "./library-id.js";
export type { Correction, LexicalTerm } from "./live-lexical.js";
export { type Lock, takeLock } from "./lock.js";
export {
  type Migration,
  type MigrationShare,
  type MigrationState,
  migrationShares,
  type ShadowBatch,
  type ShadowDocument,
} from "./migration.js";
export type { FileMove, FilesMoved } from "./move-files.js";
export { type Print, type Prints, printsOf, readPrints } from "./prints.js";
export { openQualityReader, type QualityNotes, type QualityReader } from "./quality-reader.js";
export type {
  BaselineRow,
  IngestRun,
  QualityStore,
  SampledRow,
  StoredAlertEvent,
  StoredCost,
} from "./quality-store.js";
export { type StoredRanking, writeRanking } from "./ranking-schema.js";
export { openReader, type Reader } from "./reader.js";
export { type StoreReader, startReader } from "./reader-client.js";
export {
  checkpoint,
  dropGenerationPart,
  freePages,
  retiredGenerations,
  shrinkFile,
} from "./reclaim.js";
export type { RowDocuments, RowVectors } from "./row-parts.js";
export type { DeadRows, RowSlice } from "./rows.js";
export { formatVersion } from "./schema.js";
export type { Source } from "./sources.js";
export type { SparseWrite } from "./sparse-model.js";
export { checkOwnId, checkTenant, scopedId, TENANT_SEPARATOR, tenantOfId, unscopedId } from "./tenancy.js";
export type { TenantSize } from "./tenants.js";
export type {
  BatchWritten,
  DocumentTouch,
  DocumentWrite,
  FileGone,
  FileWrite,
  WriteBatch,
} from "./write-batch.js";
export type { ChunkWrite, RowsWritten } from "./write-chunks.js";
export { openWriter, type Removed, type Writer } from "./writer.js";
