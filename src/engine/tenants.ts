// Tenants of one library: each sees its own documents and nothing else. Small ones share an index, whose searches pass over the rows of
// others; one above a threshold gets an index of its own, in the background.

import { LodestoneError, messageOf } from "../errors.js";
import { type Filter, parseFilter } from "../filters/index.js";
import type { DocumentInput, IngestClient, PutReport, RemoveReport } from "../ingest/index.js";
import type { SearchRequest, SearchResponse } from "../retrieval/index.js";
import {
  checkOwnId,
  checkTenant,
  type Facets,
  type FeedbackPage,
  isFinished,
  type Job,
  jobNotFound,
  ownDuplicate,
  type StoredDocument,
  type StoreReader,
  scopedId,
  unscopedId,
  withoutTenant,
} from "../store/index.js";
import type { Arms } from "./arms.js";
import type { DocumentPage, PutOptions } from "./engine-verbs.js";
import { type JobRequest, putOrder, removeOrder, type SubmitOptions } from "./job-order.js";
import type { JobDesk, JobPage } from "./jobs.js";
import type { PastQueries } from "./past-queries.js";
import type { Feedback } from "./search-memory.js";
import type { Suggestion, SuggestQuery } from "./suggest.js";

export type TenantSummary = {
  name: string;
  documents: number;
  chunks: number;
  /** Whether its vectors lie among those of others or in an index of their own. */
  index: "shared" | "own";
};

/** What was removed with a tenant. */
export type TenantDropped = { documents: number; jobs: number; embeddings: number };

/** The library as one tenant has it. Throws as the engine's verbs of the same names do. */
export type Tenant = {
  readonly name: string;
  put(documents: readonly DocumentInput[], options?: PutOptions): Promise<PutReport>;
  submit(request: Exclude<JobRequest, { kind: "paths" }>, options?: SubmitOptions): Promise<Job>;
  get(id: string): Promise<StoredDocument | undefined>;
  list(page?: { offset?: number; limit?: number; filter?: Filter }): Promise<DocumentPage>;
  remove(target: readonly string[] | { filter: Filter }): Promise<RemoveReport>;
  search(request: SearchRequest, options?: { signal?: AbortSignal }): Promise<SearchResponse>;
  suggest(query: SuggestQuery): Promise<Suggestion[]>;
  feedback(feedback: Feedback): Promise<void>;
  feedbackLog(page?: { after?: number; limit?: number }): Promise<FeedbackPage>;
  facets(): Promise<Facets>;
  readonly jobs: {
    list(page?: { offset?: number; limit?: number }): Promise<JobPage>;
    get(id: string): Promise<Job | undefined>;
    wait(id: string): Promise<Job>;
  };
  /**
   * Removes all that the tenant has: documents, feedback, remembered embeddings, jobs that are over. What the files still hold of it is
   * overwritten by a vacuum, which follows at once.
   */
  drop(): Promise<TenantDropped>;
};

export type TenantsParts = {
  reader(): StoreReader;
  writer(): IngestClient;
  arms: Arms;
  jobs: JobDesk;
  past: PastQueries;
  /** Chunks from which a tenant gets an index of its own. */
  ownIndexFromChunks: number;
  search(tenant: string, request: SearchRequest, signal: AbortSignal | undefined): Promise<SearchResponse>;
  suggest(tenant: string, query: SuggestQuery): Promise<Suggestion[]>;
  feedback(tenant: string, feedback: Feedback): Promise<void>;
  forgetSearches(tenant: string): void;
  vacuum(): Promise<unknown>;
  onNotice(notice: string): void;
};

export class Tenants {
  readonly #parts: TenantsParts;
  #separating: Promise<void> | undefined;

  constructor(parts: TenantsParts) {
    this.#parts = parts;
  }

  /** Throws INVALID_INPUT for what cannot be a name. */
  of(name: string): Tenant {
    checkTenant(name);
    return tenantView(name, this.#parts);
  }

  /** The library as those have it who are no tenant. */
  nobody(): Tenant {
    return tenantView("", this.#parts);
  }

  async list(): Promise<TenantSummary[]> {
    const { reader, arms } = this.#parts;
    const { index } = arms.active;
    const tenants = await reader().call("tenants", null);
    return tenants.map((tenant) => ({ ...tenant, index: index.hasOwn(tenant.name) ? "own" : "shared" }));
  }

  /** Gives tenants that have grown large an index of their own, one after the other. */
  consider(): void {
    const { arms, ownIndexFromChunks } = this.#parts;
    if (this.#separating) return;
    const { index } = arms.active;
    const large = [...index.tenantSizes].filter(([name, rows]) => rows >= ownIndexFromChunks && !index.hasOwn(name));
    if (large.length === 0) return;
    this.#separating = this.#separate(large.map(([name]) => name)).finally(() => {
      this.#separating = undefined;
    });
  }

  /** Resolves when no tenant is being given an index. */
  async close(): Promise<void> {
    await this.#separating;
  }

  async #separate(names: readonly string[]): Promise<void> {
    const { arms, jobs, onNotice } = this.#parts;
    const { index } = arms.active;
    for (const name of names) {
      try {
        await index.separate(name, (change) => jobs.inOrder(change));
      } catch (error) {
        if (error instanceof LodestoneError && error.code === "CLOSED") return;
        onNotice(`The tenant "${name}" has no index of its own yet: ${messageOf(error)} Its searches go on as before.`);
      }
    }
  }
}

function tenantView(name: string, parts: TenantsParts): Tenant {
  const { reader, writer, arms, jobs } = parts;
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw ownError(error, name);
    }
  };
  const keysOf = (filter: Filter) => reader().call("matching", { tenant: name, filter: parseFilter(filter) });
  const idsOf = async (filter: Filter) => {
    const summaries = await reader().call("summaries", { keys: Array.from(await keysOf(filter)) });
    return summaries.map(({ id }) => id);
  };
  const isOwn = (job: Job | undefined) => job?.tenant === name;
  return {
    name,

    put: (documents, { signal, onDuplicate } = {}) =>
      run(async () => {
        const report = await jobs.run(putOrder(documents, "interactive", onDuplicate, name), { signal });
        return report.duplicates ? { ...report, duplicates: report.duplicates.map(ownDuplicate) } : report;
      }),

    async submit(request, { priority = "bulk" } = {}) {
      if (request.kind === "put") {
        return jobs.submit(putOrder(request.documents, priority, request.onDuplicate, name));
      }
      const ids = "ids" in request ? request.ids : await idsOf(request.filter);
      return jobs.submit(removeOrder(ids, priority, name));
    },

    async get(id) {
      checkOwnId(id);
      return reader().call("document", { id: scopedId(name, id) });
    },

    async list({ offset = 0, limit = 50, filter } = {}) {
      const keys = filter === undefined ? undefined : await keysOf(filter);
      const page = await reader().call("list", { tenant: name, offset, limit, ...(keys ? { keys } : {}) });
      return { ...page, offset, limit };
    },

    remove: (target) =>
      run(async () => {
        const ids = isList(target) ? target : await idsOf(target.filter);
        const { removed, missing } = await jobs.run(removeOrder(ids, "interactive", name));
        return { removed: removed.map(unscopedId), missing: missing.map(unscopedId) };
      }),

    search: (request, { signal } = {}) => parts.search(name, request, signal),
    suggest: (query) => parts.suggest(name, query),
    feedback: (feedback) => parts.feedback(name, feedback),
    feedbackLog: async ({ after = 0, limit = 1000 } = {}) => reader().call("feedback", { tenant: name, after, limit }),
    facets: () => reader().call("facets", { tenant: name }),

    jobs: {
      list: (page) => jobs.list({ ...page, tenant: name }),
      async get(id) {
        const job = await jobs.get(id);
        return isOwn(job) ? job : undefined;
      },
      async wait(id) {
        if (!isOwn(await jobs.get(id))) throw jobNotFound(id);
        return jobs.wait(id);
      },
    },

    async drop() {
      // First, so that nothing comes after what is found.
      for (const job of (await jobs.list({ tenant: name, limit: 10_000 })).jobs) {
        if (!isFinished(job) || job.state === "failed") await jobs.cancel(job.id);
      }
      const ids = await idsOf({ and: [] });
      if (ids.length > 0) await jobs.run(removeOrder(ids, "interactive", name));
      parts.forgetSearches(name);
      const forgotten = await writer().call("forgetTenant", { tenant: name });
      await jobs.inOrder(async () => {
        await arms.active.index.dropTenant(name);
        await arms.shadow?.index.dropTenant(name);
      });
      parts.past.forget(name);
      await parts.vacuum();
      return { documents: ids.length, ...forgotten };
    },
  };
}

function isList(target: readonly string[] | { filter: Filter }): target is readonly string[] {
  return Array.isArray(target);
}

/** An error as the tenant is to read it. */
function ownError(error: unknown, tenant: string): unknown {
  if (!(error instanceof LodestoneError)) return error;
  const message = withoutTenant(error.message, tenant);
  if (message === error.message) return error;
  return new LodestoneError(error.code, message, { cause: error, detail: { ...error.detail } });
}
