// /v1/documents: putting documents in, reading them, and taking them out.

import type { Engine } from "../engine/index.js";
import { LodestoneError } from "../errors.js";
import { type Api, answers } from "./api-schema.js";
import {
  deleteRequestSchema,
  documentBodySchema,
  documentPageSchema,
  documentParamsSchema,
  documentsBodySchema,
  listQuerySchema,
  putReportSchema,
  removeReportSchema,
  storedDocumentSchema,
} from "./document-schema.js";

export type DocumentRouteOptions = { maxBodyBytes: number };

const tags = ["Documents"];

export function documentRoutes(api: Api, engine: Engine, { maxBodyBytes }: DocumentRouteOptions): void {
  const bodyLimit = maxBodyBytes;

  api.put(
    "/v1/documents/:id",
    {
      bodyLimit,
      schema: {
        operationId: "putDocument",
        tags,
        summary: "Put one document",
        description:
          "Adds a document or replaces the one with this id. It is durable and searchable when this answers.",
        params: documentParamsSchema,
        body: documentBodySchema,
        response: answers(putReportSchema, "INVALID_INPUT", "UNKNOWN_FIELD", "LIBRARY_READ_ONLY"),
      },
    },
    async (request) => engine.put([{ ...request.body, id: request.params.id }]),
  );

  api.post(
    "/v1/documents",
    {
      bodyLimit,
      schema: {
        operationId: "putDocuments",
        tags,
        summary: "Put many documents",
        description: "Adds or replaces up to 1,000 documents: all of them, or none if this answers with a problem.",
        body: documentsBodySchema,
        response: answers(putReportSchema, "INVALID_INPUT", "UNKNOWN_FIELD", "BODY_TOO_LARGE", "LIBRARY_READ_ONLY"),
      },
    },
    async (request) => engine.put(request.body.documents),
  );

  api.get(
    "/v1/documents",
    {
      schema: {
        operationId: "listDocuments",
        tags,
        summary: "List documents",
        description: "A page of documents by id, all or those that meet a filter.",
        querystring: listQuerySchema,
        response: answers(documentPageSchema, "INVALID_INPUT", "FILTER_INVALID"),
      },
    },
    async (request) => {
      const { offset, limit, filter } = request.query;
      return engine.list({ offset, limit, ...(filter === undefined ? {} : { filter }) });
    },
  );

  api.get(
    "/v1/documents/:id",
    {
      schema: {
        operationId: "getDocument",
        tags,
        summary: "Read one document",
        description: "A document with its text and its chunks.",
        params: documentParamsSchema,
        response: answers(storedDocumentSchema, "NOT_FOUND"),
      },
    },
    async (request) => (await engine.get(request.params.id)) ?? notFound(request.params.id),
  );

  api.delete(
    "/v1/documents/:id",
    {
      schema: {
        operationId: "deleteDocument",
        tags,
        summary: "Delete one document",
        description: "Removes a document. No later search returns it.",
        params: documentParamsSchema,
        response: answers(removeReportSchema, "NOT_FOUND", "LIBRARY_READ_ONLY"),
      },
    },
    async (request) => {
      const report = await engine.remove([request.params.id]);
      return report.removed.length === 1 ? report : notFound(request.params.id);
    },
  );

  api.post(
    "/v1/documents/delete",
    {
      bodyLimit,
      schema: {
        operationId: "deleteDocuments",
        tags,
        summary: "Delete many documents",
        description:
          "Removes the documents with these ids, or all that meet a filter. Ids without a document are named in `missing`.",
        body: deleteRequestSchema,
        response: answers(removeReportSchema, "INVALID_INPUT", "FILTER_INVALID", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { ids, filter } }) => engine.remove(filter === undefined ? (ids ?? []) : { filter }),
  );
}

function notFound(id: string): never {
  throw new LodestoneError("NOT_FOUND", `There is no document ${JSON.stringify(id.slice(0, 200))}.`);
}
