// The thread for reports over a whole library, which would keep searches waiting on the reading thread.

import { workerData } from "node:worker_threads";
import { openReader, printsOf } from "../store/index.js";
import { serve } from "../threads/serve.js";
import { type DuplicatePage, type DuplicateQuery, type FoundGroup, findDuplicates } from "./duplicates.js";
import { listStale, type StalePage, type StaleRules, type StaleWork, staleWork } from "./stale-documents.js";

export type ReportVerbs = {
  duplicates(argument: Required<DuplicateQuery>): DuplicatePage;
  /** A page of documents that are due, or of all, by id. */
  stale(argument: StaleRules & { all: boolean; offset: number; limit: number }): StalePage;
  /** What brings all that is due up to date. */
  staleWork(argument: StaleRules): StaleWork;
};

const { library } = workerData as { library: string };

await serve<ReportVerbs>(async () => {
  const reader = openReader(library);
  // Pages of one listing are of one moment, unless the library changes in between.
  let found: { version: number; question: string; groups: FoundGroup[] } | undefined;

  return {
    verbs: {
      duplicates({ kind, threshold, offset, limit }) {
        const version = reader.version();
        const question = `${kind} ${threshold}`;
        if (found?.version !== version || found.question !== question) {
          found = {
            version,
            question,
            groups: findDuplicates(printsOf(reader.prints({ tenant: "" })), { kind, threshold }),
          };
        }
        const { groups } = found;
        return {
          groups: groups.slice(offset, offset + limit).map(({ kind, keys, similarities }) => {
            const similarityOf = new Map(keys.map((key, i) => [key, similarities[i]!]));
            const documents = reader
              .summaries(keys)
              .map(({ key, ...document }) => ({ ...document, similarity: similarityOf.get(key)! }));
            return { kind, documents };
          }),
          total: groups.length,
          surplus: groups.reduce((sum, { keys }) => sum + keys.length - 1, 0),
          offset,
          limit,
        };
      },

      stale: ({ all, offset, limit, ...rules }) => listStale(reader.freshness(), rules, { all, offset, limit }),
      staleWork: (rules) => staleWork(reader.freshness(), rules),
    },
    close: () => reader.close(),
  };
});
