// What the document routes take and give. What is put in is the engine's own schema with words for the API's
// description.

import { z } from "zod";
import { documentInputSchema } from "../engine/index.js";
import { onDuplicateChoices } from "../ingest/index.js";
import {
  describeFields,
  filterParameter,
  filterSchema,
  integerParameter,
  metadataSchema,
  named,
  withExample,
} from "./api-schema.js";
import { MAX_LIST } from "./json-body.js";

const MAX_DOCUMENTS = 1000;
const MAX_IDS = MAX_LIST;
const MAX_ID_BYTES = 1024;

const idSchema = z
  .string()
  .min(1)
  .refine((id) => Buffer.byteLength(id) <= MAX_ID_BYTES, `an id has at most ${MAX_ID_BYTES} bytes of UTF-8`)
  .refine((id) => !/\p{Surrogate}/u.test(id), "an id is whole Unicode, without half a surrogate pair");

const contentWords = {
  text: "The document itself.",
  title: "Default: the first heading or short line of the text, else the id.",
  type: "How to read the text. Default text/plain.",
  metadata: "Texts, numbers, booleans and lists of them, to filter by.",
  modifiedAt: "ISO 8601 date or milliseconds since 1970.",
  staleness: "When its content is looked at again. Default: by the rules.",
};

const example = { text: "# Rotate the keys\n\nEvery 90 days ...", type: "text/markdown", metadata: { team: "infra" } };

export const documentParamsSchema = describeFields(
  z.strictObject({ id: withExample(idSchema.clone(), "guides/rotate-keys.md") }),
  {
    id: "The document's id, percent-encoded.",
  },
);

export const documentBodySchema = named(
  "DocumentContent",
  describeFields(documentInputSchema.omit({ id: true }), contentWords),
  {
    description: "A document without its id.",
    examples: [example],
  },
);

const documentSchema = named(
  "DocumentInput",
  describeFields(documentInputSchema.extend({ id: idSchema.clone() }), {
    id: "Names the document. At most 1,024 bytes.",
    ...contentWords,
  }),
  { description: "A document to put in.", examples: [{ id: "guides/rotate-keys.md", ...example }] },
);

const onDuplicateSchema = z.enum(onDuplicateChoices);
const onDuplicateWords =
  "What becomes of a new document whose text the library holds already (`skip-exact`), or nearly so (`skip-near`). Default " +
  "`keep`. One with the id of a stored document always replaces it.";

/** Parameters of a route that puts one document, beside those of every route that changes documents. */
export const onDuplicateParameter = describeFields(
  z.strictObject({ onDuplicate: onDuplicateSchema.clone().optional() }),
  { onDuplicate: onDuplicateWords },
);

export const documentsBodySchema = named(
  "PutRequest",
  describeFields(
    z.strictObject({
      documents: z.array(documentSchema).min(1).max(MAX_DOCUMENTS),
      onDuplicate: onDuplicateSchema.clone().optional(),
    }),
    { documents: "The documents, each id once.", onDuplicate: onDuplicateWords },
  ),
  {
    description: "Documents to put in, each id once.",
    examples: [{ documents: [{ id: "guides/rotate-keys.md", ...example }] }],
  },
);

export const skippedDuplicateSchema = named(
  "SkippedDuplicate",
  describeFields(z.object({ id: z.string(), duplicateOf: z.string(), similarity: z.number().min(0).max(1) }), {
    id: "The document that was left out.",
    duplicateOf: "The one that is there.",
    similarity: "Share of runs of five words that both have, estimated; 1: the same text.",
  }),
  { description: "A document that was left out for one that is there." },
);

const putReportShape = {
  written: z.int(),
  unchanged: z.int(),
  chunks: z.int(),
  embedded: z.int(),
  duplicates: z.array(skippedDuplicateSchema).optional(),
};

export const putReportSchema = named(
  "PutReport",
  describeFields(z.object(putReportShape), {
    duplicates: "Documents that were left out for others, where that was asked for.",
    written: "Documents written.",
    unchanged: "Documents that the library already held just so.",
    chunks: "Chunks written.",
    embedded: "Passages that went through the encoder; those that had not changed did not.",
  }),
  { description: "What putting documents in did." },
);

export const listQuerySchema = describeFields(
  z.strictObject({
    offset: integerParameter(z.int().min(0).max(1_000_000_000)).default(0),
    limit: integerParameter(z.int().min(1).max(1000)).default(50),
    filter: filterParameter().optional(),
  }),
  {
    offset: "Documents to leave out at the top. Default 0.",
    limit: "Documents to return. Default 50.",
    filter: 'A filter as JSON, for instance {"type": "text/markdown"}.',
  },
);

const summaryShape = {
  id: z.string(),
  title: z.string(),
  type: z.string(),
  path: z.string().optional(),
  metadata: metadataSchema,
  modifiedAt: z.string().optional(),
  indexedAt: z.string(),
  characters: z.int(),
};

const summaryWords = {
  id: "Names the document.",
  title: "What it is called.",
  type: "Media type.",
  path: "Where its file lies.",
  metadata: "What it can be filtered by.",
  modifiedAt: "When it was changed, ISO 8601.",
  indexedAt: "When it was put in, ISO 8601.",
  characters: "Length of its text in UTF-16 units.",
};

export const summarySchema = named("DocumentSummary", describeFields(z.object(summaryShape), summaryWords), {
  description: "A document without its text.",
});

export const documentPageSchema = named(
  "DocumentPage",
  describeFields(z.object({ documents: z.array(summarySchema), total: z.int(), offset: z.int(), limit: z.int() }), {
    documents: "The documents of this page, by id.",
    total: "Documents in all.",
    offset: "Documents left out at the top.",
    limit: "Documents asked for.",
  }),
  { description: "A page of documents." },
);

export const deleteRequestSchema = named(
  "DeleteRequest",
  describeFields(
    z.strictObject({
      ids: z.array(idSchema).min(1).max(MAX_IDS).optional(),
      filter: filterSchema
        .refine((filter) => Object.keys(filter).length > 0, "an empty filter would delete everything; name a condition")
        .optional(),
    }),
    { ids: "Ids of the documents.", filter: "Condition that the documents meet." },
  ).refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), 'give either "ids" or "filter"'),
  {
    description: "Which documents to delete: either `ids` or `filter`.",
    examples: [{ ids: ["guides/rotate-keys.md"] }],
  },
);

export const removeReportSchema = named(
  "RemoveReport",
  describeFields(z.object({ removed: z.array(z.string()), missing: z.array(z.string()) }), {
    removed: "Ids of the documents that were removed.",
    missing: "Ids that have no document.",
  }),
  { description: "What deleting did." },
);

const chunkSchema = z.object({
  id: z.string(),
  index: z.int(),
  start: z.int(),
  end: z.int(),
  tokens: z.int(),
  headingPath: z.array(z.string()),
});

export const storedDocumentSchema = named(
  "StoredDocument",
  describeFields(
    z.object({
      ...summaryShape,
      text: z.string(),
      headings: z.array(z.object({ level: z.int(), title: z.string(), start: z.int() })),
      codeBlocks: z.array(z.object({ start: z.int(), end: z.int() })),
      chunks: z.array(chunkSchema),
    }),
    {
      ...summaryWords,
      text: "The whole text, normalised. All offsets are UTF-16 units into it.",
      headings: "Where sections begin; `start` is the heading's own line.",
      codeBlocks: "Which parts are code.",
      chunks: "The passages that are searched.",
    },
  ),
  { description: "A document with its text and chunks." },
);
