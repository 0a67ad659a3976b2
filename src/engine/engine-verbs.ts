// What can be asked of an open library.

import type { Filter } from "../filters/index.js";
import type {
  DocumentInput,
  IngestReport,
  OnDuplicate,
  PathOptions,
  PutReport,
  RemoveReport,
  Watcher,
} from "../ingest/index.js";
import type { DuplicatePage, DuplicateQuery, SnapshotMade, VacuumReport } from "../lifecycle/index.js";
import type { MonitorVerbs } from "../monitoring/index.js";
import type { SearchRequest, SearchResponse } from "../retrieval/index.js";
import type { DocumentSummary, Facets, FeedbackPage, Job, Source, StoredDocument } from "../store/index.js";
import type { CacheVerbs } from "./cache.js";
import type { InstalledModel } from "./installed-models.js";
import type { JobRequest, SubmitOptions } from "./job-order.js";
import type { IngestProgress, JobVerbs } from "./jobs.js";
import type { MigrationVerbs } from "./migration-options.js";
import type { RankingVerbs } from "./ranking.js";
import type { Feedback } from "./search-memory.js";
import type { SnapshotOptions, SnapshotVerbs } from "./snapshots.js";
import type { StaleVerbs } from "./stale.js";
import type { Status } from "./status.js";
import type { Suggestion, SuggestQuery } from "./suggest.js";
import type { Tenant, TenantSummary } from "./tenants.js";
import type { VacuumRunOptions } from "./vacuums.js";
import type { WatchOptions } from "./watching.js";

export type IngestOptions = PathOptions & { onProgress?: (progress: IngestProgress) => void; signal?: AbortSignal };
export type PutOptions = {
  signal?: AbortSignal;
  /** What becomes of a new document whose text, or nearly so, the library holds already. Default "keep". */
  onDuplicate?: OnDuplicate;
};
export type DocumentPage = { documents: DocumentSummary[]; total: number; offset: number; limit: number };

export type Engine = {
  /** Absolute path of the library's folder. */
  readonly library: string;
  readonly readOnly: boolean;
  /**
   * Indexes files, folders and globs. Unchanged files are left alone, documents of files that are gone are removed.
   * What cannot be read is reported in `skips`. Throws PATH_NOT_FOUND, LIBRARY_READ_ONLY, DISK_FULL, ABORTED; what was
   * written before stays.
   */
  ingestPaths(targets: readonly string[], options?: IngestOptions): Promise<IngestReport>;
  /**
   * Indexes targets and keeps the library in step with them from then on: what is saved, moved or removed there is searchable or
   * gone within two seconds. Resolves when the first run is over. Throws as `ingestPaths` does, and WATCH_UNAVAILABLE.
   */
  watch(targets: readonly string[], options?: WatchOptions): Promise<Watcher>;
  /** Adds or replaces documents. They are durable and searchable when this resolves: all of them, or none if it rejects. */
  put(documents: readonly DocumentInput[], options?: PutOptions): Promise<PutReport>;
  /**
   * Takes a job in and resolves as soon as that is durable; the job is done in the background, also after a crash. Throws
   * INVALID_INPUT or UNKNOWN_FIELD for what can never be done, QUEUE_FULL.
   */
  submit(request: JobRequest, options?: SubmitOptions): Promise<Job>;
  /** What was submitted: `put`, `remove` and `ingestPaths` are jobs, too, that are waited for. */
  readonly jobs: JobVerbs;
  /** A document with its text and chunks; undefined where there is none. */
  get(id: string): Promise<StoredDocument | undefined>;
  /** A page of documents by id. */
  list(page?: { offset?: number; limit?: number; filter?: Filter }): Promise<DocumentPage>;
  /** Removes documents by id or by filter. No later search returns them. */
  remove(target: readonly string[] | { filter: Filter }): Promise<RemoveReport>;
  /** Searches. Throws INVALID_INPUT, UNKNOWN_FIELD or FILTER_INVALID for a bad request; a slow model degrades the answer instead. */
  search(request: SearchRequest, options?: { signal?: AbortSignal }): Promise<SearchResponse>;
  /** Folders whose files were indexed, by name: paths and ids of their documents begin with it. */
  sources(): Promise<Source[]>;
  /** What a query that is being typed may become, the best first. Throws INVALID_INPUT or UNKNOWN_FIELD. */
  suggest(query: SuggestQuery): Promise<Suggestion[]>;
  /** Documents by folder and by type. */
  facets(): Promise<Facets>;
  /** The cache of embeddings. */
  readonly cache: CacheVerbs;
  /** Documents with the same text or nearly so, in groups, a page of them at a time. */
  duplicates(query?: DuplicateQuery): Promise<DuplicatePage>;
  /** Documents whose content is to be looked at again. */
  readonly stale: StaleVerbs;
  /**
   * Takes out for good what deletes and changes have left behind, while searches and writes go on. Throws ABORTED, DISK_FULL;
   * what it has done by then stays done, and the next one goes on from there.
   */
  vacuum(options?: VacuumRunOptions): Promise<VacuumReport>;
  /**
   * Makes a snapshot while searches and writes go on. Throws SNAPSHOT_RUNNING, DISK_FULL, MODEL_ALTERED (with the models) or
   * ABORTED; the library is as it was then, and nothing is left that looks like a snapshot.
   */
  snapshot(options?: SnapshotOptions): Promise<SnapshotMade>;
  /** The snapshots that were made. */
  readonly snapshots: SnapshotVerbs;
  /** How well the library answers: health, alerts, diagnosis, costs. */
  readonly monitor: MonitorVerbs;
  /** The change to another model, chunking or length of vectors. */
  readonly migration: MigrationVerbs;
  /**
   * The library as one tenant has it. Its documents are its own: nobody else's verbs, these here included, meet them. Throws
   * INVALID_INPUT for what cannot be a name.
   */
  tenant(name: string): Tenant;
  /** Who has documents here beside nobody. */
  tenants(): Promise<TenantSummary[]>;
  /** Takes what became of a search: that a hit was opened, or how relevant it was. Throws INVALID_INPUT, UNKNOWN_FIELD, NOT_FOUND. */
  feedback(feedback: Feedback): Promise<void>;
  /** A page of the searches that got feedback, in the order in which they did, from behind `after` on; 1,000 by default. */
  feedbackLog(page?: { after?: number; limit?: number }): Promise<FeedbackPage>;
  /** How the lists of words and vectors are fused, where that was learned from judged queries. */
  readonly ranking: RankingVerbs;
  /** The models that are installed and can be used: those to migrate to. */
  models(): Promise<InstalledModel[]>;
  status(): Promise<Status>;
  /** Ends the threads and gives the library free. Work in progress is stopped; what was acknowledged stays. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};
