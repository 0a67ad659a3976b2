// GET /v1/suggest: what somebody who types may be about to search for.

import { z } from "zod";
import { type Engine, suggestRequestSchema } from "../engine/index.js";
import { type Api, answers, describeFields, integerParameter, named, withExample } from "./api-schema.js";

const { shape } = suggestRequestSchema;

const suggestQuerySchema = describeFields(
  z.strictObject({
    q: withExample(shape.prefix.clone(), "ro"),
    limit: integerParameter(shape.limit.unwrap()).optional(),
  }),
  { q: "What has been typed.", limit: "Suggestions at most. Default 8." },
);

const suggestionsSchema = named(
  "Suggestions",
  describeFields(z.object({ suggestions: z.array(z.object({ text: z.string(), kind: z.enum(["query", "title"]) })) }), {
    suggestions: "Earlier queries that found something, then titles of documents that are there.",
  }),
  { description: "What may be meant." },
);

export function suggestRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/suggest",
    {
      schema: {
        operationId: "suggest",
        tags: ["Search"],
        summary: "Suggest",
        description: "What somebody who has typed this may be about to search for. Nothing typed gives nothing.",
        querystring: suggestQuerySchema,
        response: answers(suggestionsSchema, "INVALID_INPUT"),
      },
    },
    async ({ query: { q, ...settings } }) => ({ suggestions: await engine.suggest({ prefix: q, ...settings }) }),
  );
}
