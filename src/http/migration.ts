// /v1/migration: the change to another model, chunking or length of vectors while searches go on. There is one at a time.

import type { Engine } from "../engine/index.js";
import { type Api, accepts, answers } from "./api-schema.js";
import {
  migrationAnswerSchema,
  migrationBodySchema,
  migrationStatusSchema,
  rollbackBodySchema,
  splitBodySchema,
} from "./migration-schema.js";
import { noParameters } from "./status-schema.js";

const tags = ["Migration"];

export function migrationRoutes(api: Api, engine: Engine): void {
  api.get(
    "/v1/migration",
    {
      schema: {
        operationId: "getMigration",
        tags,
        summary: "The migration",
        description: "How far the migration is, and how the searches of its two indexes compare.",
        querystring: noParameters,
        response: answers(migrationAnswerSchema),
      },
    },
    async () => ({ migration: (await engine.migration.status()) ?? null }),
  );

  api.post(
    "/v1/migration",
    {
      schema: {
        operationId: "startMigration",
        tags,
        summary: "Start a migration",
        description:
          "Begins to build a second index in the background from the stored texts, the documents first that are found most often. " +
          "Searches go on with the index in use, and what is written goes into both. It goes on after a restart, too.",
        body: migrationBodySchema,
        response: accepts(
          migrationStatusSchema,
          "INVALID_INPUT",
          "MODEL_NOT_FOUND",
          "MODEL_INVALID",
          "MIGRATION_RUNNING",
          "LIBRARY_READ_ONLY",
        ),
      },
    },
    async ({ body }, reply) => {
      const started = await engine.migration.start(body);
      return reply.code(202).header("location", "/v1/migration").send(started);
    },
  );

  api.post(
    "/v1/migration/split",
    {
      schema: {
        operationId: "splitMigration",
        tags,
        summary: "Split the queries",
        description:
          "Has the new index answer a share of the queries: always those of the same users, or of the same texts where a search " +
          "names no `user`. An index that turns out worse than it may be is taken off the queries by itself.",
        body: splitBodySchema,
        response: answers(migrationStatusSchema, "NO_MIGRATION", "MIGRATION_INCOMPLETE", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { share } }) => engine.migration.split(share),
  );

  api.post(
    "/v1/migration/promote",
    {
      schema: {
        operationId: "promoteMigration",
        tags,
        summary: "Promote the new index",
        description: "Has the new index answer all queries from now on. The old one is kept up, for a way back.",
        querystring: noParameters,
        response: answers(migrationStatusSchema, "NO_MIGRATION", "MIGRATION_INCOMPLETE", "LIBRARY_READ_ONLY"),
      },
    },
    async () => engine.migration.promote(),
  );

  api.post(
    "/v1/migration/rollback",
    {
      schema: {
        operationId: "rollBackMigration",
        tags,
        summary: "Roll the migration back",
        description:
          "Has the old index answer all queries again. The new one is kept up until the migration is finished.",
        body: rollbackBodySchema,
        response: answers(migrationStatusSchema, "NO_MIGRATION", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { reason } }) => engine.migration.rollback(reason),
  );

  api.post(
    "/v1/migration/finish",
    {
      schema: {
        operationId: "finishMigration",
        tags,
        summary: "Finish the migration",
        description:
          "Drops the index that is not active: the old one after a promotion, else the new one. There is no way back from here.",
        querystring: noParameters,
        response: answers(migrationStatusSchema, "NO_MIGRATION", "LIBRARY_READ_ONLY"),
      },
    },
    async () => engine.migration.finish(),
  );
}
