// Reports over a whole library, made on a thread of their own that is started with the first one.

import { z } from "zod";
import { NEAR_DUPLICATE_THRESHOLD } from "../documents/index.js";
import { parseInput } from "../input/parse-input.js";
import {
  type DuplicatePage,
  type DuplicateQuery,
  type ReportClient,
  type ReportVerbs,
  type StalePage,
  type StaleWork,
  startReports,
} from "../lifecycle/index.js";

export const duplicateQuerySchema = z.strictObject({
  /** Groups of one text only, groups of several texts only, or both. */
  kind: z.enum(["all", "exact", "near"]).default("all"),
  /** Estimated Jaccard similarity from which two texts are near-duplicates. */
  threshold: z.number().min(0.3).max(1).default(NEAR_DUPLICATE_THRESHOLD),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(1000).default(50),
});

type ArgumentOf<K extends keyof ReportVerbs> = Parameters<ReportVerbs[K]>[0];

export class Reports {
  readonly #library: string;
  #worker: Promise<ReportClient> | undefined;

  constructor(library: string) {
    this.#library = library;
  }

  /** Throws INVALID_INPUT or UNKNOWN_FIELD. */
  async duplicates(query: DuplicateQuery): Promise<DuplicatePage> {
    const checked = parseInput(duplicateQuerySchema, query, "The question for duplicates");
    return (await this.#opened()).call("duplicates", checked);
  }

  async stale(query: ArgumentOf<"stale">): Promise<StalePage> {
    return (await this.#opened()).call("stale", query);
  }

  async staleWork(rules: ArgumentOf<"staleWork">): Promise<StaleWork> {
    return (await this.#opened()).call("staleWork", rules);
  }

  async close(): Promise<void> {
    const worker = await this.#worker?.catch(() => undefined);
    await worker?.close();
  }

  #opened(): Promise<ReportClient> {
    this.#worker ??= startReports(this.#library).catch((error) => {
      this.#worker = undefined;
      throw error;
    });
    return this.#worker;
  }
}
