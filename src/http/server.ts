// The HTTP face of an engine: Fastify with our rules for what comes in, what goes out and how it closes. The routes are
// in a file for each family.

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import pino from "pino";
import type { Engine } from "../engine/index.js";
import type { Api } from "./api-schema.js";
import { documentRoutes } from "./documents.js";
import { drainOnClose } from "./drain.js";
import { feedbackRoutes } from "./feedback.js";
import { jobRoutes } from "./jobs.js";
import { acceptJsonOnly } from "./json-body.js";
import { migrationRoutes } from "./migration.js";
import { modelRoutes } from "./models.js";
import { monitoringRoutes } from "./monitoring.js";
import { describeApi } from "./openapi.js";
import { pageRoutes } from "./page.js";
import { answerProblem, RequestRefused, rawProblem } from "./problem.js";
import { refuseUnknownRoutes } from "./route-table.js";
import { searchRoutes } from "./search.js";
import { guardHosts, securityHeaders } from "./security.js";
import { type CheckedServerOptions, checkServerOptions, type ServerOptions } from "./server-options.js";
import { snapshotRoutes } from "./snapshots.js";
import { staleRoutes } from "./stale.js";
import { statusRoutes } from "./status.js";
import { suggestRoutes } from "./suggest.js";
import { tenantRoutes } from "./tenants.js";
import { tuningRoutes } from "./tuning.js";
import { upkeepRoutes } from "./upkeep.js";
import { compileValidator } from "./validation.js";

/** A whole request must have arrived by then, so that slow senders do not hold connections. */
const REQUEST_LIMIT_MS = 120_000;

/** Longest part of a path; what an id may be is said by its schema, with a better message. */
const MAX_PARAMETER_LENGTH = 16 * 1024;

/**
 * A server over an open engine, ready to `listen` or `inject`. Closing it lets requests in flight finish and leaves the
 * engine open: it belongs to the caller.
 */
export async function createServer(engine: Engine, options: ServerOptions = {}): Promise<FastifyInstance> {
  const checked = checkServerOptions(options);
  const app: Api = fastify({
    logger: loggerOf(checked),
    genReqId: () => randomUUID(),
    bodyLimit: checked.maxDocumentBytes,
    requestTimeout: REQUEST_LIMIT_MS,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    // Both are answered by hooks of ours, as problems.
    return503OnClosing: false,
    http: { requireHostHeader: false },
    frameworkErrors: (error, request, reply) => void answerProblem(error, request, reply.headers(securityHeaders)),
    clientErrorHandler: answerClientError,
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(compileValidator);
  // Answers are the engine's own values: their schemas describe them, and tests hold the two together.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.setErrorHandler(answerProblem);
  acceptJsonOnly(app);

  guardHosts(app, checked.allowedHosts);
  const { signalOf, closing } = drainOnClose(app, checked.closeLimitMs);
  refuseUnknownRoutes(app);
  app.addHook("onRequest", async ({ raw }) => refuseMalformedQuery(raw));

  await describeApi(app);
  searchRoutes(app, engine, { maxBodyBytes: checked.maxSearchBytes, signalOf });
  suggestRoutes(app, engine);
  documentRoutes(app, engine, { maxBodyBytes: checked.maxDocumentBytes });
  jobRoutes(app, engine, { signalOf, closing, heartbeatMs: checked.heartbeatMs });
  statusRoutes(app, engine);
  snapshotRoutes(app, engine);
  tenantRoutes(app, engine, { maxBodyBytes: checked.maxDocumentBytes, signalOf });
  upkeepRoutes(app, engine);
  staleRoutes(app, engine);
  tuningRoutes(app, engine);
  migrationRoutes(app, engine);
  modelRoutes(app, engine);
  feedbackRoutes(app, engine);
  monitoringRoutes(app, engine);
  await pageRoutes(app, checked.pageDirectory);
  await app.ready();
  return app;
}

function loggerOf({ logLevel, logTo }: CheckedServerOptions) {
  if (logLevel === "silent") return false;
  return {
    level: logLevel,
    stream: logTo ?? pino.destination({ dest: 2, sync: true }),
    // Without the query string: what people search for is nobody else's business.
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split("?", 1)[0] }),
    },
  };
}

// Fastify's parser takes broken percent-encoding as it stands; a search for it would be a search for something else.
function refuseMalformedQuery({ url = "" }: IncomingMessage): void {
  const start = url.indexOf("?");
  if (start < 0) return;
  try {
    decodeURIComponent(url.slice(start + 1));
  } catch {
    throw new RequestRefused(
      "URL_MALFORMED",
      "A percent sign in the query string is not followed by the UTF-8 bytes of a character, each as %XX.",
    );
  }
}

function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(
    error.code === "HPE_HEADER_OVERFLOW"
      ? rawProblem("HEADERS_TOO_LARGE", "The headers and the address together have more than 16 KiB.", securityHeaders)
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? rawProblem("REQUEST_TIMEOUT", "The request did not arrive in time.", securityHeaders)
        : rawProblem("REQUEST_MALFORMED", "The request is not valid HTTP.", securityHeaders),
  );
}
