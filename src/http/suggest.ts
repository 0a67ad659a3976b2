// GET /v1/suggest: what a query that is being typed may become.

import { z } from "zod";
import { type Engine, suggestQuerySchema } from "../engine/index.js";
import { type Api, answers, describeFields, integerParameter, named, withExample } from "./api-schema.js";

const { shape } = suggestQuerySchema;

const querySchema = describeFields(
  z.strictObject({
    q: withExample(shape.query.clone(), "rotate the ke"),
    limit: integerParameter(shape.limit.unwrap()).optional(),
  }),
  { q: "What has been typed so far.", limit: "Suggestions to return. Default 10." },
);

export const suggestionsSchema = named(
  "Suggestions",
  describeFields(
    z.object({
      suggestions: z.array(z.object({ text: z.string(), kind: z.enum(["query", "title", "heading", "word"]) })),
    }),
    {
      suggestions:
        "The best first. `kind`: `query`, an earlier one that found something; `title` and `heading`, of a document that is there; `word`, the last word completed from the texts.",
    },
  ),
  { description: "What a query may become." },
);

export function suggestRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/suggest",
    {
      schema: {
        operationId: "suggest",
        tags: ["Search"],
        summary: "Suggest",
        description:
          "Earlier queries, titles and headings that begin as typed, and the last word completed from the words of the library. Nothing typed gives nothing.",
        querystring: querySchema,
        response: answers(suggestionsSchema, "INVALID_INPUT", "UNKNOWN_FIELD"),
      },
    },
    async ({ query: { q, ...settings } }) => ({ suggestions: await engine.suggest({ query: q, ...settings }) }),
  );
}
