// The engine: one library opened, and the verbs on it.

import { LodestoneError } from "../errors.js";
import type { Filter } from "../filters/index.js";
import type {
  DocumentInput,
  IngestClient,
  IngestReport,
  OnDuplicate,
  PathOptions,
  PutReport,
  RemoveReport,
  Watcher,
} from "../ingest/index.js";
import type { DuplicatePage, DuplicateQuery, SnapshotMade, VacuumReport } from "../lifecycle/index.js";
import type { Monitor, MonitorVerbs } from "../monitoring/index.js";
import type { SearchRequest, SearchResponse } from "../retrieval/index.js";
import type {
  DocumentSummary,
  Facets,
  FeedbackPage,
  Job,
  Source,
  StoredDocument,
  StoreReader,
} from "../store/index.js";
import type { Arms } from "./arms.js";
import { type CacheVerbs, cacheVerbs } from "./cache.js";
import type { ChosenModels } from "./choose-models.js";
import { type JobRequest, pathsOrder, type SubmitOptions } from "./job-order.js";
import type { IngestProgress, JobDesk, JobVerbs } from "./jobs.js";
import type { MigrationDesk } from "./migration.js";
import type { MigrationVerbs } from "./migration-options.js";
import { inTurn } from "./migration-turns.js";
import type { Opened } from "./opened.js";
import type { CheckedEngineOptions } from "./options.js";
import { PastQueries } from "./past-queries.js";
import { type Ranking, type RankingVerbs, rankingVerbs } from "./ranking.js";
import type { Reports } from "./reports.js";
import type { Feedback } from "./search-memory.js";
import type { SnapshotOptions, Snapshots, SnapshotVerbs } from "./snapshots.js";
import { type StaleVerbs, staleVerbs } from "./stale.js";
import { collectStatus, type Status } from "./status.js";
import { type Suggestion, type SuggestQuery, suggest } from "./suggest.js";
import { type Tenant, type TenantSummary, Tenants } from "./tenants.js";
import type { VacuumRunOptions, Vacuums } from "./vacuums.js";
import type { Watching, WatchOptions } from "./watching.js";

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
  status(): Promise<Status>;
  /** Ends the threads and gives the library free. Work in progress is stopped; what was acknowledged stays. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** What the caller is to blame for, and no index. */
function isCallers(error: unknown): boolean {
  return error instanceof LodestoneError && error.code !== "WORKER_FAILED" && error.code !== "INDEX_DAMAGED";
}

/** What an open engine consists of. */
export type EngineParts = {
  options: CheckedEngineOptions;
  library: string;
  models: ChosenModels;
  ingest: IngestClient | undefined;
  reader: StoreReader;
  arms: Arms;
  jobs: JobDesk;
  migration: MigrationDesk;
  monitor: Monitor;
  ranking: Ranking;
  snapshots: Snapshots;
  watching: Watching;
  vacuums: Vacuums;
  reports: Reports;
  opened: Opened;
};

export class OpenEngine implements Engine {
  readonly #parts: EngineParts;
  readonly #tenants: Tenants;
  readonly #past = new PastQueries();
  /** What belongs to no tenant. */
  readonly #own: Tenant;
  readonly cache: CacheVerbs;
  readonly stale: StaleVerbs;
  readonly ranking: RankingVerbs;
  readonly #migration: MigrationVerbs;
  #closing: Promise<void> | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#migration = inTurn(parts.migration);
    this.cache = cacheVerbs({
      reader: () => this.#reader(),
      writer: () => this.#writer(),
      ingest: parts.ingest,
      queries: () => parts.arms.active.searcherOf("").queryCache(),
      options: parts.options.cache,
    });
    this.#tenants = new Tenants({
      reader: () => this.#reader(),
      writer: () => this.#writer(),
      arms: parts.arms,
      jobs: parts.jobs,
      ownIndexFromChunks: parts.options.tenants.ownIndexFromChunks,
      past: this.#past,
      search: (tenant, request, signal) => this.#search(tenant, request, signal),
      suggest: (tenant, query) => this.#suggest(tenant, query),
      feedback: async (tenant, feedback) => {
        this.#reader();
        await parts.migration.feedback(feedback, tenant);
      },
      forgetSearches: (tenant) => parts.migration.forgetSearches(tenant),
      vacuum: () => this.vacuum(),
      onNotice: parts.options.onNotice ?? (() => undefined),
    });
    this.#own = this.#tenants.nobody();
    this.ranking = rankingVerbs({
      ranking: parts.ranking,
      modelVersion: () => parts.arms.active.generation.modelVersion,
      writer: () => this.#writer(),
      search: (request, signal) => this.#own.search(request, signal ? { signal } : {}),
    });
    this.stale = staleVerbs({
      reports: parts.reports,
      writer: () => this.#writer(),
      ingestPaths: (targets, options) => this.ingestPaths(targets, options),
      options: parts.options.staleness,
      now: Date.now,
    });
  }

  get jobs(): JobDesk {
    return this.#parts.jobs;
  }

  get library(): string {
    return this.#parts.library;
  }

  get readOnly(): boolean {
    return this.#parts.ingest === undefined;
  }

  async ingestPaths(
    targets: readonly string[],
    { onProgress, signal, ...options }: IngestOptions = {},
  ): Promise<IngestReport> {
    return this.jobs.run(pathsOrder(targets, options, "bulk"), { signal, onProgress });
  }

  async watch(targets: readonly string[], options?: WatchOptions): Promise<Watcher> {
    this.#reader();
    return this.#parts.watching.watch(targets, options);
  }

  put(documents: readonly DocumentInput[], options?: PutOptions): Promise<PutReport> {
    return this.#own.put(documents, options);
  }

  remove(target: readonly string[] | { filter: Filter }): Promise<RemoveReport> {
    return this.#own.remove(target);
  }

  async submit(request: JobRequest, options: SubmitOptions = {}): Promise<Job> {
    if (request.kind !== "paths") return this.#own.submit(request, options);
    return this.jobs.submit(pathsOrder(request.targets, request.options ?? {}, options.priority ?? "bulk"));
  }

  get(id: string): Promise<StoredDocument | undefined> {
    return this.#own.get(id);
  }

  list(page?: { offset?: number; limit?: number; filter?: Filter }): Promise<DocumentPage> {
    return this.#own.list(page);
  }

  search(request: SearchRequest, options?: { signal?: AbortSignal }): Promise<SearchResponse> {
    return this.#own.search(request, options);
  }

  suggest(query: SuggestQuery): Promise<Suggestion[]> {
    return this.#own.suggest(query);
  }

  tenant(name: string): Tenant {
    this.#reader();
    return this.#tenants.of(name);
  }

  async tenants(): Promise<TenantSummary[]> {
    this.#reader();
    return this.#tenants.list();
  }

  /** See Tenant.search. */
  async #search(tenant: string, request: SearchRequest, signal: AbortSignal | undefined): Promise<SearchResponse> {
    const { arms, migration, monitor } = this.#parts;
    await this.#followed();
    const arm = migration.armFor(request.user ?? request.query);
    try {
      const response = await arms.using(arm, () => arm.searcherOf(tenant).search(request, signal));
      monitor.noteSearch(response);
      if (response.hits.length > 0) this.#past.note(tenant, request.query);
      return { ...response, searchId: migration.noteSearch(response, tenant, request) };
    } catch (error) {
      if (!isCallers(error)) {
        migration.noteFailure(arm.generation.id);
        monitor.noteFailure();
      }
      throw error;
    }
  }

  async #suggest(tenant: string, query: SuggestQuery): Promise<Suggestion[]> {
    const { arms } = this.#parts;
    await this.#followed();
    const reader = this.#reader();
    return arms.using(arms.active, () => suggest({ arm: arms.active, reader, past: this.#past }, tenant, query));
  }

  /** Where another process writes the library: knows what it has written. */
  async #followed(): Promise<void> {
    this.#reader();
    if (!this.readOnly) return;
    const { arms, migration } = this.#parts;
    await migration.followActive();
    await arms.active.index.follow();
  }

  feedback(feedback: Feedback): Promise<void> {
    return this.#own.feedback(feedback);
  }

  feedbackLog(page?: { after?: number; limit?: number }): Promise<FeedbackPage> {
    return this.#own.feedbackLog(page);
  }

  get migration(): MigrationVerbs {
    this.#reader();
    return this.#migration;
  }

  get monitor(): MonitorVerbs {
    this.#reader();
    return this.#parts.monitor;
  }

  get snapshots(): SnapshotVerbs {
    return this.#parts.snapshots;
  }

  snapshot(options?: SnapshotOptions): Promise<SnapshotMade> {
    this.#reader();
    return this.#parts.snapshots.make(options);
  }

  async duplicates(query: DuplicateQuery = {}): Promise<DuplicatePage> {
    this.#reader();
    return this.#parts.reports.duplicates(query);
  }

  async vacuum(options?: VacuumRunOptions): Promise<VacuumReport> {
    return this.#parts.vacuums.run(this.#writer(), options);
  }

  async sources(): Promise<Source[]> {
    return this.#reader().call("sources", null);
  }

  facets(): Promise<Facets> {
    return this.#own.facets();
  }

  async status(): Promise<Status> {
    const { library, reader, arms, models } = this.#parts;
    const { generation, index } = arms.active;
    this.#reader();
    return collectStatus({
      library,
      readOnly: this.readOnly,
      reader,
      generation,
      models,
      ranking: this.ranking.learned(),
      vectors: index.vectors,
      cache: this.cache.status(),
      vacuum: this.#parts.vacuums.status(),
      ingest: this.jobs.progress,
    });
  }

  /** Jobs have changed the library. */
  considerTenants(): void {
    this.#tenants.consider();
  }

  close(): Promise<void> {
    this.#closing ??= this.#tenants.close().then(() => this.#parts.opened.close());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #writer(): IngestClient {
    this.#reader();
    const { ingest, library } = this.#parts;
    if (ingest) return ingest;
    throw new LodestoneError(
      "LIBRARY_READ_ONLY",
      `The library ${library} is open for reading only. Open it without readOnly to write.`,
    );
  }

  #reader(): StoreReader {
    if (this.#closing) throw new LodestoneError("CLOSED", "The engine is closed.");
    return this.#parts.reader;
  }
}
