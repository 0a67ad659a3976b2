// What the server is and whether it works: /v1/status, /v1/facets, and the probes /livez and /readyz.

import type { FastifyReply } from "fastify";
import type { Engine } from "../engine/index.js";
import { messageOf } from "../errors.js";
import type { Api } from "./api-schema.js";
import { answers } from "./api-schema.js";
import { facetsSchema, livenessSchema, noParameters, readinessSchema, statusSchema } from "./status-schema.js";

/** Long enough for a model that has just been loaded, short enough for whoever asks. */
const PROBE_LIMIT_MS = 5000;

const tags = ["Status"];

export function statusRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/status",
    {
      schema: {
        operationId: "getStatus",
        tags,
        summary: "Status",
        description: "Size of the library, its models and its index, and what is being indexed.",
        querystring: noParameters,
        response: answers(statusSchema, "LIBRARY_DAMAGED"),
      },
    },
    async () => engine.status(),
  );

  api.get(
    "/v1/facets",
    {
      schema: {
        operationId: "getFacets",
        tags,
        summary: "Folders and types",
        description: "How many documents each folder (with everything below it) and each media type has.",
        querystring: noParameters,
        response: answers(facetsSchema, "LIBRARY_DAMAGED"),
      },
    },
    async () => engine.facets(),
  );

  api.get(
    "/livez",
    {
      schema: {
        operationId: "isAlive",
        tags,
        summary: "Is the process alive?",
        description: "Answers 200 as long as the process takes requests at all.",
        response: answers(livenessSchema),
      },
    },
    async () => ({ status: "alive" as const }),
  );

  api.get(
    "/readyz",
    {
      schema: {
        operationId: "isReady",
        tags,
        summary: "Does it answer?",
        description: "Runs a real query. 503 with the reasons where it fails, takes too long, or a stage is left out.",
        response: {
          ...answers(readinessSchema),
          503: {
            description: "It does not; `reasons` says why.",
            content: { "application/json": { schema: readinessSchema } },
          },
        },
      },
    },
    async (_request, reply) => probe(engine, reply),
  );
}

async function probe(engine: Engine, reply: FastifyReply) {
  const started = performance.now();
  const reasons = await reasonsNotReady(engine);
  const tookMs = performance.now() - started;
  if (reasons.length > 0) reply.code(503);
  const status = reasons.length > 0 ? ("not ready" as const) : ("ready" as const);
  const queue = await engine.jobs.depth().catch(() => undefined);
  return { status, reasons, tookMs, ...(queue === undefined ? {} : { queue }) };
}

async function reasonsNotReady(engine: Engine): Promise<string[]> {
  // A new text each minute: a constant one would be answered from the cache of embeddings for ever.
  const query = `readiness probe of ${new Date().toISOString().slice(0, 16)}`;
  try {
    const { degraded } = await engine.search(
      { query, limit: 1, limits: { embedMs: PROBE_LIMIT_MS, rerankMs: PROBE_LIMIT_MS } },
      { signal: AbortSignal.timeout(2 * PROBE_LIMIT_MS) },
    );
    return degraded.map(({ stage, reason }) => `${stage}: ${reason}`);
  } catch (error) {
    return [messageOf(error)];
  }
}
