// /v1/jobs: what was submitted and what becomes of it.

import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { Engine, JobRequest } from "../engine/index.js";
import { LodestoneError } from "../errors.js";
import { type Api, answers } from "./api-schema.js";
import type { ReplySignal } from "./drain.js";
import { jobEvents } from "./job-events.js";
import { jobListQuerySchema, jobPageSchema, jobParamsSchema, jobSchema, retriedSchema } from "./job-schema.js";
import { noParameters } from "./status-schema.js";

const tags = ["Jobs"];

export type JobRouteOptions = {
  signalOf: ReplySignal;
  /** Aborted when the server begins to close: streams end then. */
  closing: AbortSignal;
  heartbeatMs: number;
};

export function jobRoutes(api: Api, engine: Engine, { signalOf, closing, heartbeatMs }: JobRouteOptions): void {
  api.get(
    "/v1/jobs",
    {
      schema: {
        operationId: "listJobs",
        tags,
        summary: "List jobs",
        description: "A page of jobs, newest first. Of finished ones the last thousand are kept, for a week.",
        querystring: jobListQuerySchema,
        response: answers(jobPageSchema, "INVALID_INPUT"),
      },
    },
    async ({ query: { state, offset, limit } }) =>
      engine.jobs.list({ offset, limit, ...(state === undefined ? {} : { state }) }),
  );

  api.get(
    "/v1/jobs/events",
    {
      // A stream has no end whose length could be told.
      exposeHeadRoute: false,
      schema: {
        operationId: "followJobs",
        tags,
        summary: "Follow jobs",
        description:
          "Server-sent events. On connecting `snapshot` (`{jobs, queue}`: the latest hundred jobs and how many there are), then " +
          "`job` with each job that has changed, and `queue` when the counts have. Ends when the server closes.",
        querystring: noParameters,
        response: {
          200: {
            description: "The stream of events.",
            content: { "text/event-stream": { schema: z.string() } },
          },
          default: answers(jobSchema).default,
        },
      },
    },
    async (_request, reply) => {
      const signal = AbortSignal.any([signalOf(reply), closing]);
      const events = Readable.from(jobEvents(engine, { signal, heartbeatMs }), { objectMode: false });
      // Not kept for further requests: a closing server need not wait for the client to let go of it.
      reply.headers({ connection: "close", "x-accel-buffering": "no" }).type("text/event-stream; charset=utf-8");
      // A stream is sent as it is, whatever the schema of its text.
      return reply.send(events as never);
    },
  );

  api.get(
    "/v1/jobs/:id",
    {
      schema: {
        operationId: "getJob",
        tags,
        summary: "Read one job",
        description: "A job with its state, its progress and its result.",
        params: jobParamsSchema,
        response: answers(jobSchema, "NOT_FOUND"),
      },
    },
    async ({ params: { id } }) => (await engine.jobs.get(id)) ?? notFound(id),
  );

  api.post(
    "/v1/jobs/:id/retry",
    {
      schema: {
        operationId: "retryJob",
        tags,
        summary: "Retry a failed job",
        description: "Queues a failed job again, with all its tries. A job that has not failed stays as it is.",
        params: jobParamsSchema,
        response: answers(jobSchema, "NOT_FOUND", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ params: { id } }) => (await engine.jobs.retry(id))[0] ?? notFound(id),
  );

  api.post(
    "/v1/jobs/retry",
    {
      schema: {
        operationId: "retryJobs",
        tags,
        summary: "Retry all failed jobs",
        description: "Queues every failed job again.",
        querystring: noParameters,
        response: answers(retriedSchema, "LIBRARY_READ_ONLY"),
      },
    },
    async () => ({ retried: (await engine.jobs.retry("failed")).length }),
  );

  api.delete(
    "/v1/jobs/:id",
    {
      schema: {
        operationId: "cancelJob",
        tags,
        summary: "Cancel a job",
        description:
          "Stops a job, or dismisses a failed one. What it has brought so far stays. A job that is over stays as it is.",
        params: jobParamsSchema,
        response: answers(jobSchema, "NOT_FOUND", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ params: { id } }) => engine.jobs.cancel(id),
  );
}

/** Submits a job and answers with it at once. */
export async function accept(
  engine: Engine,
  request: JobRequest,
  priority: "interactive" | "bulk" | undefined,
  reply: FastifyReply,
): Promise<never> {
  const job = await engine.submit(request, priority === undefined ? {} : { priority });
  return reply.code(202).header("location", `/v1/jobs/${job.id}`).send(job) as never;
}

function notFound(id: string): never {
  throw new LodestoneError("NOT_FOUND", `There is no job ${JSON.stringify(id.slice(0, 80))}.`);
}
