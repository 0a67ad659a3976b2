// GET /v1/models: the models that are installed, to choose one of them for a migration.

import { z } from "zod";
import type { Engine } from "../engine/index.js";
import { type Api, answers, describeFields, named } from "./api-schema.js";
import { noParameters } from "./status-schema.js";

const modelSchema = named(
  "InstalledModel",
  describeFields(
    z.object({
      name: z.string(),
      version: z.string(),
      role: z.enum(["bi-encoder", "cross-encoder", "sparse-encoder"]),
      dimensions: z.array(z.int()),
      maxTokens: z.int(),
      licence: z.string(),
    }),
    {
      name: "What it is asked for by.",
      version: "name@version, as indexes name it that were made with it.",
      role: "What it does: vectors of texts, relevance of passages, or weighted terms of texts.",
      dimensions: "Lengths that its vectors can have, the model's own first; empty but for a bi-encoder.",
      maxTokens: "Longest text that it reads whole.",
      licence: "Under which it may be used.",
    },
  ),
  { description: "A model on this machine." },
);

export const modelsSchema = named(
  "InstalledModels",
  describeFields(z.object({ models: z.array(modelSchema) }), { models: "By role and name." }),
  { description: "The models on this machine." },
);

export function modelRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/models",
    {
      schema: {
        operationId: "listModels",
        tags: ["Status"],
        summary: "Models",
        description:
          "The models that are installed and can be used, those that the library does not use included. Others are brought in with " +
          "`lodestone models import`.",
        querystring: noParameters,
        response: answers(modelsSchema),
      },
    },
    async () => ({ models: await engine.models() }),
  );
}
