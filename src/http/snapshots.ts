// /v1/snapshots: making, listing, checking and removing backups of the library. Restoring is the command line's: it makes
// another library.

import type { Engine } from "../engine/index.js";
import { type Api, answers } from "./api-schema.js";
import {
  snapshotListSchema,
  snapshotMadeSchema,
  snapshotParamsSchema,
  snapshotRemovedSchema,
  snapshotReportSchema,
  snapshotRequestSchema,
} from "./snapshot-schema.js";
import { noParameters } from "./status-schema.js";

const tags = ["Snapshots"];

export function snapshotRoutes(api: Api, engine: Engine): void {
  api.post(
    "/v1/snapshots",
    {
      schema: {
        operationId: "makeSnapshot",
        tags,
        summary: "Make a snapshot",
        description:
          "Backs the library up while searches and writes go on, and answers when the snapshot is complete. It goes on also " +
          "where the client does not wait for it.",
        body: snapshotRequestSchema,
        response: answers(snapshotMadeSchema, "SNAPSHOT_RUNNING", "DISK_FULL", "MODEL_ALTERED"),
      },
    },
    async ({ body: { withModels } }) => engine.snapshot({ withModels }),
  );

  api.get(
    "/v1/snapshots",
    {
      schema: {
        operationId: "listSnapshots",
        tags,
        summary: "List snapshots",
        description: "The snapshots in the server's folder, as they describe themselves.",
        querystring: noParameters,
        response: answers(snapshotListSchema),
      },
    },
    async () => ({ directory: engine.snapshots.directory, snapshots: await engine.snapshots.list() }),
  );

  api.get(
    "/v1/snapshots/:name/verify",
    {
      schema: {
        operationId: "verifySnapshot",
        tags,
        summary: "Check a snapshot",
        description: "Hashes every file of a snapshot and checks its database page by page.",
        params: snapshotParamsSchema,
        querystring: noParameters,
        response: answers(snapshotReportSchema, "NOT_FOUND"),
      },
    },
    async ({ params: { name } }) => engine.snapshots.verify(name),
  );

  api.delete(
    "/v1/snapshots/:name",
    {
      schema: {
        operationId: "deleteSnapshot",
        tags,
        summary: "Delete a snapshot",
        description: "Removes one snapshot, also where it is the only one.",
        params: snapshotParamsSchema,
        response: answers(snapshotRemovedSchema, "NOT_FOUND", "SNAPSHOT_RUNNING"),
      },
    },
    async ({ params: { name } }) => {
      await engine.snapshots.remove(name);
      return { removed: name };
    },
  );
}
