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
  onDuplicateParameter,
  putReportSchema,
  removeReportSchema,
  storedDocumentSchema,
} from "./document-schema.js";
import { answersOrJob, waitQuerySchema } from "./job-schema.js";
import { accept } from "./jobs.js";

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
        querystring: waitQuerySchema.extend(onDuplicateParameter.shape),
        body: documentBodySchema,
        response: answersOrJob(putReportSchema, "INVALID_INPUT", "UNKNOWN_FIELD", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body, params, query: { wait, priority, onDuplicate } }, reply) => {
      const documents = [{ ...body, id: params.id }];
      const choice = onDuplicate === undefined ? {} : { onDuplicate };
      if (wait) return engine.put(documents, choice);
      return accept(engine, { kind: "put", documents, ...choice }, priority, reply);
    },
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
        querystring: waitQuerySchema,
        body: documentsBodySchema,
        response: answersOrJob(
          putReportSchema,
          "INVALID_INPUT",
          "UNKNOWN_FIELD",
          "BODY_TOO_LARGE",
          "LIBRARY_READ_ONLY",
        ),
      },
    },
    async ({ body: { documents, onDuplicate }, query: { wait, priority } }, reply) => {
      const choice = onDuplicate === undefined ? {} : { onDuplicate };
      if (wait) return engine.put(documents, choice);
      return accept(engine, { kind: "put", documents, ...choice }, priority, reply);
    },
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
    async (request) => (await engine.get(request.params.id)) ?? documentNotFound(request.params.id),
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
        querystring: waitQuerySchema,
        response: answersOrJob(removeReportSchema, "NOT_FOUND", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ params: { id }, query: { wait, priority } }, reply) => {
      if (!wait) return accept(engine, { kind: "remove", ids: [id] }, priority, reply);
      const report = await engine.remove([id]);
      return report.removed.length === 1 ? report : documentNotFound(id);
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
        querystring: waitQuerySchema,
        body: deleteRequestSchema,
        response: answersOrJob(removeReportSchema, "INVALID_INPUT", "FILTER_INVALID", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { ids = [], filter }, query: { wait, priority } }, reply) => {
      if (wait) return engine.remove(filter === undefined ? ids : { filter });
      const request = filter === undefined ? { kind: "remove" as const, ids } : { kind: "remove" as const, filter };
      return accept(engine, request, priority, reply);
    },
  );
}

/** Throws NOT_FOUND. */
export function documentNotFound(id: string): never {
  throw new LodestoneError("NOT_FOUND", `There is no document ${JSON.stringify(id.slice(0, 200))}.`);
}
