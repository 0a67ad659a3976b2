// What the API's description knows beyond the zod schemas: names of components, words about fields, examples. Kept in a
// registry of its own, so that the schemas of other rooms can be described without changing them.

import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { LodestoneError } from "../errors.js";
import type { Filter } from "../filters/index.js";
import { parseJson } from "./json-body.js";
import { type ProblemCode, problemKinds, problemMediaType } from "./problem.js";

/** A server whose routes are typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

type SchemaMeta = { id?: string; description?: string; examples?: unknown[]; [keyword: string]: unknown };

export const apiSchemas = z.registry<SchemaMeta>();

/** Gives a schema its name among the components; `meta` may hold further JSON Schema keywords. */
export function named<S extends z.ZodType>(id: string, schema: S, meta: Omit<SchemaMeta, "id">): S {
  apiSchemas.add(schema, { ...meta, id });
  return schema;
}

/** Describes every field of an object schema. */
export function describeFields<S extends z.ZodObject>(schema: S, words: { [K in keyof S["shape"]]: string }): S {
  for (const [field, description] of Object.entries(words)) {
    const part: z.ZodType = schema.shape[field];
    apiSchemas.add(part, { ...apiSchemas.get(part), description });
  }
  return schema;
}

/** Gives a parameter the value that the description's commands use. */
export function withExample<S extends z.ZodType>(schema: S, example: unknown): S {
  apiSchemas.add(schema, { ...apiSchemas.get(schema), examples: [example] });
  return schema;
}

export const metadataSchema = named(
  "Metadata",
  z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]),
  ),
  {
    description: "Texts, numbers, booleans and lists of them, by field.",
    examples: [{ team: "infra", year: 2024, tags: ["keys"] }],
  },
);

// Only that it is an object is checked here: what is in it the engine checks, with the place of each fault.
const anyFilter = () => z.record(z.string(), z.unknown()) as z.ZodType as z.ZodType<Filter>;

export const filterSchema = named("Filter", anyFilter(), {
  description:
    "A condition on documents. Every key must hold. `and`, `or` (lists) and `not` combine conditions; any other key is a " +
    "field: `id`, `title`, `type`, `path`, `folder` (with everything below it), `modifiedAt`, or one of the metadata. Its " +
    "value is what the field equals, or an object of `eq`, `ne`, `in`, `gt`, `gte`, `lt`, `lte` and `exists`.",
  examples: [{ folder: "docs/guides", year: { gte: 2020 }, not: { tags: "draft" } }],
});

const problemSchema = named(
  "Problem",
  describeFields(
    z.object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: z.enum(Object.keys(problemKinds) as [ProblemCode, ...ProblemCode[]]),
      errors: z
        .array(z.object({ in: z.enum(["body", "path", "query"]), pointer: z.string(), detail: z.string() }))
        .optional(),
      instance: z.string().optional(),
    }),
    {
      type: "Where the code is explained.",
      title: "What the code means, the same each time.",
      status: "The HTTP status.",
      detail: "What was expected, what was found, and what to do.",
      code: "Names the kind of problem. Never renamed.",
      errors: "What is wrong field by field; `pointer` is a JSON pointer.",
      instance: "Of a failure inside: names this occurrence in the server's log.",
    },
  ),
  { description: "Why a request was not answered as hoped (RFC 9457)." },
);

/** What a route answers: `schema` where all is well, else a problem; `codes` are those worth naming. */
export function answers<S extends z.ZodType>(schema: S, ...codes: ProblemCode[]) {
  return { 200: answerOf(schema), default: problemAnswer(codes) };
}

/** The same for what is begun, and goes on after the answer. */
export function accepts<S extends z.ZodType>(schema: S, ...codes: ProblemCode[]) {
  return { 202: answerOf(schema), default: problemAnswer(codes) };
}

/** The same where there is nothing to say but that all is well. */
export function answersNothing(description: string, ...codes: ProblemCode[]) {
  const nothing = z.null();
  apiSchemas.add(nothing, { description });
  return { 204: nothing, default: problemAnswer(codes) };
}

function answerOf<S extends z.ZodType>(schema: S) {
  const description = apiSchemas.get(schema)?.description ?? "The answer.";
  return { description, content: { "application/json": { schema } } };
}

function problemAnswer(codes: readonly ProblemCode[]) {
  const list = codes.map((code) => `${problemKinds[code].status} ${code}`);
  return {
    description: `A problem: ${[...list, "or one of the general ones"].join(", ")}.`,
    content: { [problemMediaType]: { schema: problemSchema } },
  };
}

/** A body that need not be sent: nothing is an object without fields. */
export function optionalBody<S extends z.ZodObject>(schema: S) {
  return z.preprocess((body) => body ?? {}, schema);
}

/** A filter as JSON in a query string. */
export function filterParameter() {
  const refuse = (message: string) => new LodestoneError("FILTER_INVALID", message);
  const schema = anyFilter();
  // Says in the API's description that the parameter is JSON, not fields of its own.
  apiSchemas.add(schema, { "x-consume": "application/json" });
  return z.preprocess((value) => (typeof value === "string" ? parseJson(value, "The filter", refuse) : value), schema);
}

/** A whole number in a query string. */
export function integerParameter<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (value) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    schema,
  );
}

/** A number in a query string. */
export function numberParameter<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (value) => (typeof value === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value),
    schema,
  );
}

/** `true` or `false` in a query string. */
export function booleanParameter() {
  return z.preprocess((value) => (value === "true" ? true : value === "false" ? false : value), z.boolean());
}
