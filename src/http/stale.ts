// /v1/stale: documents whose content is to be looked at again, and doing so.

import type { Engine } from "../engine/index.js";
import { type Api, answers } from "./api-schema.js";
import { staleBodySchema, stalePageSchema, staleQueryParameters, staleReportSchema } from "./stale-schema.js";

const tags = ["Upkeep"];

export function staleRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/stale",
    {
      schema: {
        operationId: "listStale",
        tags,
        summary: "List stale documents",
        description:
          "Documents whose content is to be looked at again by their staleness policies, with policy, age and reason.",
        querystring: staleQueryParameters,
        response: answers(stalePageSchema, "INVALID_INPUT"),
      },
    },
    async ({ query }) => engine.stale.list(query),
  );

  api.post(
    "/v1/stale/run",
    {
      schema: {
        operationId: "runStale",
        tags,
        summary: "Bring stale documents up to date",
        description:
          "Reads the files of all documents that are due again and embeds what has changed in them; answers when that is done, " +
          "and goes on also where the client does not wait for it. Another model is never taken up here.",
        body: staleBodySchema,
        response: answers(staleReportSchema, "LIBRARY_READ_ONLY", "DISK_FULL"),
      },
    },
    async () => engine.stale.run(),
  );
}
