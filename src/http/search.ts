// GET and POST /v1/search.

import type { FastifyReply } from "fastify";
import type { Engine } from "../engine/index.js";
import type { SearchRequest, SearchResponse } from "../retrieval/index.js";
import type { Api } from "./api-schema.js";
import { answers } from "./api-schema.js";
import type { ReplySignal } from "./drain.js";
import { searchBodySchema, searchQuerySchema, searchResponseSchema } from "./search-schema.js";

export type SearchRouteOptions = { maxBodyBytes: number; signalOf: ReplySignal };

export function searchRoutes(api: Api, engine: Engine, { maxBodyBytes, signalOf }: SearchRouteOptions): void {
  const answer = async (request: SearchRequest, reply: FastifyReply) => {
    const response = await engine.search(request, { signal: signalOf(reply) });
    reply.header("server-timing", serverTiming(response));
    return response;
  };
  const response = answers(searchResponseSchema, "INVALID_INPUT", "UNKNOWN_FIELD", "FILTER_INVALID");

  api.post(
    "/v1/search",
    {
      bodyLimit: maxBodyBytes,
      schema: {
        operationId: "search",
        tags: ["Search"],
        summary: "Search",
        description:
          "Ranks documents for a query by words and by meaning. A stage that fails or takes too long is left out, and " +
          "`degraded` says so: the answer is then a good one, but not the best this library can give.",
        body: searchBodySchema,
        response,
      },
    },
    async (request, reply) => answer(request.body, reply),
  );

  api.get(
    "/v1/search",
    {
      schema: {
        operationId: "searchByQuery",
        tags: ["Search"],
        summary: "Search by address",
        description: "The same search with its most used settings in the address.",
        querystring: searchQuerySchema,
        response,
      },
    },
    async (request, reply) => {
      const { q, ...settings } = request.query;
      return answer({ query: q, ...settings }, reply);
    },
  );
}

/** The stages as browsers' network panels show them; milliseconds. */
function serverTiming({ stages, tookMs }: SearchResponse): string {
  const entries = [...stages.map(({ name, ms }) => ({ name, ms })), { name: "total", ms: tookMs }];
  return entries.map(({ name, ms }) => `${name};dur=${Math.round(ms * 100) / 100}`).join(", ");
}
