// What the job routes take and give, and how a document route is told not to wait.

import { z } from "zod";
import {
  answers,
  apiSchemas,
  booleanParameter,
  describeFields,
  integerParameter,
  named,
  withExample,
} from "./api-schema.js";
import { skippedDuplicateSchema } from "./document-schema.js";
import type { ProblemCode } from "./problem.js";

const priorities = ["interactive", "bulk"] as const;
const states = ["queued", "running", "done", "failed", "cancelled"] as const;

const skipSchema = z.object({
  path: z.string(),
  line: z.int().optional(),
  reason: z.string(),
  hint: z.string(),
});

const resultSchema = named(
  "JobResult",
  describeFields(
    z.object({
      written: z.int(),
      unchanged: z.int(),
      removed: z.int(),
      moved: z.int(),
      missing: z.int(),
      superseded: z.int(),
      chunks: z.int(),
      embedded: z.int(),
      tokens: z.int(),
      cached: z.int(),
      files: z.object({ read: z.int(), unchanged: z.int(), gone: z.int(), moved: z.int() }).optional(),
      skipped: z.int().optional(),
      skips: z.array(skipSchema).optional(),
      duplicates: z.object({ count: z.int(), first: z.array(skippedDuplicateSchema) }).optional(),
    }),
    {
      written: "Documents written.",
      unchanged: "Documents that the library already held just so.",
      removed: "Documents removed.",
      moved: "Documents that followed their file to another place.",
      missing: "Ids to remove that have no document.",
      superseded: "Documents left alone, since a later job has written or removed them.",
      chunks: "Chunks written.",
      embedded: "Passages that went through the encoder.",
      tokens: "Tokens that it read.",
      cached: "Passages whose vector was known.",
      files: "Of a job over paths: its files.",
      skipped: "Of a job over paths: files and records that could not be read.",
      skips: "The first hundred of them.",
      duplicates: "Documents that were left out for others, where that was asked for: how many, and the first hundred.",
    },
  ),
  { description: "What a job has done so far." },
);

export const jobSchema = named(
  "Job",
  describeFields(
    z.object({
      id: z.string(),
      kind: z.enum(["put", "remove", "paths"]),
      priority: z.enum(priorities),
      state: z.enum(states),
      subject: z.string(),
      done: z.int(),
      total: z.int().nullable(),
      bytes: z.int(),
      attempts: z.int(),
      nextAttemptAt: z.string().optional(),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
      createdAt: z.string(),
      startedAt: z.string().optional(),
      finishedAt: z.string().optional(),
      result: resultSchema,
    }),
    {
      id: "Names the job. Ids sort by age.",
      kind: "`put` and `remove` documents, or bring the library up to date with `paths`.",
      priority: "Interactive jobs are done before bulk.",
      state: "A failed job was tried five times, or could never succeed; it is kept until it is retried or cancelled.",
      subject: "The first ids, or the paths.",
      done: "Documents (of paths: files) that are settled.",
      total: "Of how many; null until they have been counted.",
      bytes: "Size of what was submitted.",
      attempts: "Tries since it last got something done.",
      nextAttemptAt: "When it is tried again, ISO 8601.",
      error: "Why the last try failed.",
      createdAt: "When it was submitted, ISO 8601.",
      startedAt: "When it was begun.",
      finishedAt: "When it was over.",
      result: "What it has done so far.",
    },
  ),
  { description: "Something that changes the library: submitted, durable, done in the background." },
);

export const queueDepthSchema = named(
  "QueueDepth",
  describeFields(z.object({ queued: z.int(), running: z.int(), failed: z.int(), bytes: z.int() }), {
    queued: "Jobs that wait.",
    running: "Jobs that are being done.",
    failed: "Jobs that are parked with their error.",
    bytes: "What was submitted with them.",
  }),
  { description: "Jobs that are not done." },
);

export const jobListQuerySchema = describeFields(
  z.strictObject({
    state: z.enum(states).optional(),
    offset: integerParameter(z.int().min(0).max(1_000_000_000)).default(0),
    limit: integerParameter(z.int().min(1).max(1000)).default(50),
  }),
  {
    state: "Only jobs in this state.",
    offset: "Jobs to leave out at the top. Default 0.",
    limit: "Jobs to return. Default 50.",
  },
);

export const jobPageSchema = named(
  "JobPage",
  describeFields(z.object({ jobs: z.array(jobSchema), total: z.int(), offset: z.int(), limit: z.int() }), {
    jobs: "The jobs of this page, newest first.",
    total: "Jobs in all, of this state where one was asked for.",
    offset: "Jobs left out at the top.",
    limit: "Jobs asked for.",
  }),
  { description: "A page of jobs." },
);

export const jobParamsSchema = describeFields(
  z.strictObject({ id: withExample(z.string().min(1).max(100), "j0000000001") }),
  { id: "The job's id." },
);

export const retriedSchema = named(
  "JobsRetried",
  describeFields(z.object({ retried: z.int() }), { retried: "Jobs that were queued again." }),
  {
    description: "What retrying did.",
  },
);

/** Of a route that changes documents. */
export const waitQuerySchema = describeFields(
  z.strictObject({
    wait: booleanParameter().default(true),
    priority: z.enum(priorities).optional(),
  }),
  {
    wait: "Whether to answer when the work is done (default), or with 202 and the job as soon as that is durable.",
    priority: "Of a job that is not waited for: interactive ones are done before bulk. Default bulk.",
  },
);

/** What a route that may be told not to wait answers. */
export function answersOrJob<S extends z.ZodType>(schema: S, ...codes: ProblemCode[]) {
  return {
    ...answers(schema, ...codes, "QUEUE_FULL"),
    202: {
      description: `With \`wait=false\`: ${apiSchemas.get(jobSchema)?.description} The header Location has its address.`,
      content: { "application/json": { schema: jobSchema } },
    },
  };
}
