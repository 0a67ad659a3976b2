// What the routes of staleness take and give.

import { z } from "zod";
import { stalenessPolicies, staleQuerySchema } from "../engine/index.js";
import { booleanParameter, describeFields, integerParameter, named } from "./api-schema.js";

const { shape } = staleQuerySchema;

export const staleQueryParameters = describeFields(
  z.strictObject({
    all: booleanParameter().default(false),
    offset: integerParameter(shape.offset.unwrap()).default(0),
    limit: integerParameter(shape.limit.unwrap()).default(50),
  }),
  {
    all: "Lists all documents with their policies, not only those that are due.",
    offset: "Documents to leave out at the top. Default 0.",
    limit: "Documents to return. Default 50.",
  },
);

/** An empty object: there is nothing to choose yet. */
export const staleBodySchema = named("StaleRunRequest", z.strictObject({}), {
  description: "What is to be brought up to date: all that is due.",
  examples: [{}],
});

const staleDocumentSchema = named(
  "StaleDocument",
  describeFields(
    z.object({
      id: z.string(),
      title: z.string(),
      policy: z.enum(stalenessPolicies),
      why: z.string(),
      because: z.string().optional(),
      checkedAt: z.string(),
      ageMs: z.number(),
    }),
    {
      id: "Names the document.",
      title: "What it is called.",
      policy: "When its content is looked at again.",
      why: "Why it has this policy.",
      because: "Why it is due. Missing where it is not.",
      checkedAt: "When its content was last compared with where it comes from, ISO 8601.",
      ageMs: "How long ago that is, in milliseconds.",
    },
  ),
  { description: "A document and its staleness policy." },
);

export const stalePageSchema = named(
  "StalePage",
  describeFields(
    z.object({ documents: z.array(staleDocumentSchema), total: z.int(), offset: z.int(), limit: z.int() }),
    {
      documents: "The documents of this page, by id.",
      total: "Documents in all.",
      offset: "Documents left out at the top.",
      limit: "Documents asked for.",
    },
  ),
  { description: "Documents whose content is to be looked at again." },
);

export const staleReportSchema = named(
  "StaleReport",
  describeFields(
    z.object({
      due: z.int(),
      files: z.object({ read: z.int(), skipped: z.int(), gone: z.array(z.string()) }),
      documents: z.object({ written: z.int(), removed: z.int(), reprepared: z.int() }),
      embedded: z.int(),
      ms: z.number(),
    }),
    {
      due: "Documents that were due.",
      files: "Files that were read again, that could not be, and that are gone: the documents of those stay.",
      documents: "Documents whose content had changed, and those that were prepared anew from their stored text.",
      embedded: "Passages that went through the encoder.",
      ms: "Milliseconds in all.",
    },
  ),
  { description: "What was brought up to date." },
);
