// The engine: one library opened, and its verbs done by the parts that it consists of.

import type { Catalogue } from "../encoders/index.js";
import { LodestoneError } from "../errors.js";
import type { Filter } from "../filters/index.js";
import type { DocumentInput, IngestClient, IngestReport, PutReport, RemoveReport, Watcher } from "../ingest/index.js";
import type { DuplicatePage, DuplicateQuery, SnapshotMade, VacuumReport } from "../lifecycle/index.js";
import type { Monitor, MonitorVerbs } from "../monitoring/index.js";
import type { SearchRequest, SearchResponse } from "../retrieval/index.js";
import type { Facets, FeedbackPage, Job, Source, StoredDocument, StoreReader } from "../store/index.js";
import type { Arms } from "./arms.js";
import { type CacheVerbs, cacheVerbs } from "./cache.js";
import type { ChosenModels } from "./choose-models.js";
import type { DocumentPage, Engine, IngestOptions, PutOptions } from "./engine-verbs.js";
import { type InstalledModel, installedModels } from "./installed-models.js";
import { type JobRequest, pathsOrder, type SubmitOptions } from "./job-order.js";
import type { JobDesk } from "./jobs.js";
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

/** What the caller is to blame for, and no index. */
function isCallers(error: unknown): boolean {
  return error instanceof LodestoneError && error.code !== "WORKER_FAILED" && error.code !== "INDEX_DAMAGED";
}

/** What an open engine consists of. */
export type EngineParts = {
  options: CheckedEngineOptions;
  library: string;
  models: ChosenModels;
  catalogue: Catalogue;
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
      arm: () => parts.arms.active,
      writer: () => this.#writer(),
      search: async (arm, request, signal) => {
        await this.#followed();
        return parts.arms.using(arm, () => arm.searcherOf("").search(request, signal));
      },
      documents: this.#own,
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

  async models(): Promise<InstalledModel[]> {
    this.#reader();
    return installedModels(this.#parts.catalogue);
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
    this.#closing ??= Promise.all([this.#tenants.close(), this.ranking.cancelTuning()]).then(() =>
      this.#parts.opened.close(),
    );
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
