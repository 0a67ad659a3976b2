// /v1/tune: learns from judged queries how words and vectors are fused. There is one run at a time.

import type { Engine } from "../engine/index.js";
import { type Api, accepts, answers } from "./api-schema.js";
import { noParameters } from "./status-schema.js";
import { tuneBodySchema, tuningAnswerSchema, tuningStatusSchema } from "./tuning-schema.js";

const tags = ["Upkeep"];

export function tuningRoutes(api: Api, engine: Engine): void {
  const answer = () => ({ learned: engine.ranking.learned() ?? null, run: engine.ranking.tuning() ?? null });

  api.get(
    "/v1/tune",
    {
      schema: {
        operationId: "getTuning",
        tags,
        summary: "What was learned",
        description: "What was learned of ranking for the model in use, and how far a run is that learns more.",
        querystring: noParameters,
        response: answers(tuningAnswerSchema),
      },
    },
    async () => answer(),
  );

  api.post(
    "/v1/tune",
    {
      schema: {
        operationId: "startTuning",
        tags,
        summary: "Learn",
        description:
          "Begins to try weights and feedback on judged queries of documents that belong to no tenant. The best are kept only where " +
          "five-fold cross-validation finds them better than the default on queries held out (p < 0.05), and hold for all searches then.",
        body: tuneBodySchema,
        response: accepts(tuningStatusSchema, "INVALID_INPUT", "TUNING_RUNNING", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { queries, dryRun = false } }, reply) => {
      const started = await engine.ranking.startTuning(queries ?? "known-items", { dryRun });
      return reply.code(202).header("location", "/v1/tune").send(started);
    },
  );

  api.post(
    "/v1/tune/cancel",
    {
      schema: {
        operationId: "cancelTuning",
        tags,
        summary: "Stop learning",
        description: "Stops the run under way, if any. What was learned before stays.",
        querystring: noParameters,
        response: answers(tuningAnswerSchema),
      },
    },
    async () => {
      await engine.ranking.cancelTuning();
      return answer();
    },
  );

  api.delete(
    "/v1/tune",
    {
      schema: {
        operationId: "forgetTuning",
        tags,
        summary: "Forget what was learned",
        description: "Stops the run under way, if any. The model's recommendation holds again.",
        querystring: noParameters,
        response: answers(tuningAnswerSchema, "LIBRARY_READ_ONLY"),
      },
    },
    async () => {
      await engine.ranking.clear();
      return answer();
    },
  );
}
