// POST /v1/feedback: what became of an answer, counted for the index that gave it.

import { type Engine, feedbackSchema } from "../engine/index.js";
import { type Api, answersNothing, describeFields, named } from "./api-schema.js";

/** Stands for an id that a search has answered with. */
export const exampleSearchId = "5f0c9a3be71d2468";

const feedbackBodySchema = named(
  "Feedback",
  describeFields(feedbackSchema, {
    searchId: "The answer that it is about, as the answer names itself.",
    id: "The document, one of its hits.",
    kind: "`click`: it was opened. `judgement`: how relevant it is, in `relevance`.",
    relevance: "Of a judgement: 0 (not at all) to 3 (just what was wanted).",
  }),
  {
    description: "What became of a hit.",
    examples: [{ searchId: exampleSearchId, id: "guides/rotate-keys.md", kind: "click" }],
  },
);

export function feedbackRoutes(api: Api, engine: Engine): void {
  api.post(
    "/v1/feedback",
    {
      schema: {
        operationId: "giveFeedback",
        tags: ["Search"],
        summary: "Give feedback",
        description:
          "Tells that a hit was opened, or how relevant it is. During a migration this is what its two indexes are compared by; it " +
          "is kept with the search, so that `lodestone eval log` can make a judged set of it. " +
          "The last ten thousand answers since the server's start can be spoken of.",
        body: feedbackBodySchema,
        response: answersNothing("The feedback is counted.", "INVALID_INPUT", "NOT_FOUND"),
      },
    },
    async ({ body }, reply) => {
      await engine.feedback(body);
      return reply.code(204).send(null);
    },
  );
}
