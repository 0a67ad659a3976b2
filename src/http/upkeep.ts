// Looking after a library: /v1/cache, /v1/duplicates, /v1/vacuum.

import type { Engine } from "../engine/index.js";
import { type Api, answers } from "./api-schema.js";
import { noParameters } from "./status-schema.js";
import {
  cacheClearedSchema,
  cacheClearQuerySchema,
  cacheStatusSchema,
  duplicatePageSchema,
  duplicatesQuerySchema,
  vacuumBodySchema,
  vacuumReportSchema,
} from "./upkeep-schema.js";

const tags = ["Upkeep"];

export function upkeepRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/cache",
    {
      schema: {
        operationId: "getCache",
        tags,
        summary: "The cache of embeddings",
        description: "What it holds, how often it had what was looked for, and what that saved.",
        querystring: noParameters,
        response: answers(cacheStatusSchema),
      },
    },
    async () => engine.cache.status(),
  );

  api.delete(
    "/v1/cache",
    {
      schema: {
        operationId: "clearCache",
        tags,
        summary: "Empty the cache of embeddings",
        description:
          "Forgets all embeddings, or those of one tenant. Documents keep theirs: only texts that come again are computed again.",
        querystring: cacheClearQuerySchema,
        response: answers(cacheClearedSchema, "LIBRARY_READ_ONLY"),
      },
    },
    async ({ query: { tenant } }) => engine.cache.clear(tenant === undefined ? {} : { tenant }),
  );

  api.get(
    "/v1/duplicates",
    {
      schema: {
        operationId: "listDuplicates",
        tags,
        summary: "List duplicates",
        description: "Documents with the same text, and documents whose texts are nearly the same, in groups.",
        querystring: duplicatesQuerySchema,
        response: answers(duplicatePageSchema, "INVALID_INPUT"),
      },
    },
    async ({ query: { threshold, ...query } }) =>
      engine.duplicates({ ...query, ...(threshold === undefined ? {} : { threshold }) }),
  );

  api.post(
    "/v1/vacuum",
    {
      schema: {
        operationId: "vacuum",
        tags,
        summary: "Vacuum",
        description:
          "Takes out for good what deletes and changes have left behind, and gives the room back to the system. Searches and " +
          "writes go on meanwhile. Answers when it is done, and goes on also where the client does not wait for it.",
        body: vacuumBodySchema,
        response: answers(vacuumReportSchema, "LIBRARY_READ_ONLY", "DISK_FULL"),
      },
    },
    async ({ body: { cache = false } }) => engine.vacuum({ cache }),
  );
}
