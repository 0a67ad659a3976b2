// /v1/tenants: documents and searches of one tenant each, apart from everybody else's.

import type { Engine } from "../engine/index.js";
import { type Api, answers } from "./api-schema.js";
import {
  deleteRequestSchema,
  documentBodySchema,
  documentPageSchema,
  documentsBodySchema,
  listQuerySchema,
  putReportSchema,
  removeReportSchema,
  storedDocumentSchema,
} from "./document-schema.js";
import { documentNotFound } from "./documents.js";
import type { ReplySignal } from "./drain.js";
import { searchBodySchema, searchResponseSchema } from "./search-schema.js";
import { noParameters } from "./status-schema.js";
import {
  tenantDocumentParamsSchema,
  tenantDroppedSchema,
  tenantListSchema,
  tenantParamsSchema,
} from "./tenant-schema.js";

export type TenantRouteOptions = { maxBodyBytes: number; signalOf: ReplySignal };

const tags = ["Tenants"];

export function tenantRoutes(api: Api, engine: Engine, { maxBodyBytes, signalOf }: TenantRouteOptions): void {
  const bodyLimit = maxBodyBytes;

  api.get(
    "/v1/tenants",
    {
      schema: {
        operationId: "listTenants",
        tags,
        summary: "List tenants",
        description: "Who has documents in the library, and how many.",
        querystring: noParameters,
        response: answers(tenantListSchema),
      },
    },
    async () => ({ tenants: await engine.tenants() }),
  );

  api.delete(
    "/v1/tenants/:tenant",
    {
      schema: {
        operationId: "dropTenant",
        tags,
        summary: "Drop a tenant",
        description:
          "Removes all that the tenant has: documents, remembered embeddings, jobs that are over. A vacuum overwrites what the files still hold of it before this answers.",
        params: tenantParamsSchema,
        response: answers(tenantDroppedSchema, "LIBRARY_READ_ONLY"),
      },
    },
    async ({ params }) => engine.tenant(params.tenant).drop(),
  );

  api.put(
    "/v1/tenants/:tenant/documents/:id",
    {
      bodyLimit,
      schema: {
        operationId: "putTenantDocument",
        tags,
        summary: "Put one document of a tenant",
        description: "Adds or replaces a document that only this tenant's searches meet.",
        params: tenantDocumentParamsSchema,
        body: documentBodySchema,
        response: answers(putReportSchema, "INVALID_INPUT", "UNKNOWN_FIELD", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body, params: { tenant, id } }) => engine.tenant(tenant).put([{ ...body, id }]),
  );

  api.post(
    "/v1/tenants/:tenant/documents",
    {
      bodyLimit,
      schema: {
        operationId: "putTenantDocuments",
        tags,
        summary: "Put many documents of a tenant",
        description: "Adds or replaces up to 1,000 documents: all of them, or none if this answers with a problem.",
        params: tenantParamsSchema,
        body: documentsBodySchema,
        response: answers(putReportSchema, "INVALID_INPUT", "UNKNOWN_FIELD", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { documents, onDuplicate }, params }) =>
      engine.tenant(params.tenant).put(documents, onDuplicate === undefined ? {} : { onDuplicate }),
  );

  api.get(
    "/v1/tenants/:tenant/documents",
    {
      schema: {
        operationId: "listTenantDocuments",
        tags,
        summary: "List a tenant's documents",
        description: "A page of the tenant's documents by id, all or those that meet a filter.",
        params: tenantParamsSchema,
        querystring: listQuerySchema,
        response: answers(documentPageSchema, "INVALID_INPUT", "FILTER_INVALID"),
      },
    },
    async ({ params, query: { offset, limit, filter } }) =>
      engine.tenant(params.tenant).list({ offset, limit, ...(filter === undefined ? {} : { filter }) }),
  );

  api.get(
    "/v1/tenants/:tenant/documents/:id",
    {
      schema: {
        operationId: "getTenantDocument",
        tags,
        summary: "Read one document of a tenant",
        description: "A document with its text and its chunks.",
        params: tenantDocumentParamsSchema,
        response: answers(storedDocumentSchema, "NOT_FOUND"),
      },
    },
    async ({ params: { tenant, id } }) => (await engine.tenant(tenant).get(id)) ?? documentNotFound(id),
  );

  api.delete(
    "/v1/tenants/:tenant/documents/:id",
    {
      schema: {
        operationId: "deleteTenantDocument",
        tags,
        summary: "Delete one document of a tenant",
        description: "Removes a document. No later search returns it.",
        params: tenantDocumentParamsSchema,
        response: answers(removeReportSchema, "NOT_FOUND", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ params: { tenant, id } }) => {
      const report = await engine.tenant(tenant).remove([id]);
      return report.removed.length === 1 ? report : documentNotFound(id);
    },
  );

  api.post(
    "/v1/tenants/:tenant/documents/delete",
    {
      bodyLimit,
      schema: {
        operationId: "deleteTenantDocuments",
        tags,
        summary: "Delete many documents of a tenant",
        description: "Removes the tenant's documents with these ids, or all of them that meet a filter.",
        params: tenantParamsSchema,
        body: deleteRequestSchema,
        response: answers(removeReportSchema, "INVALID_INPUT", "FILTER_INVALID", "LIBRARY_READ_ONLY"),
      },
    },
    async ({ body: { ids = [], filter }, params }) =>
      engine.tenant(params.tenant).remove(filter === undefined ? ids : { filter }),
  );

  api.post(
    "/v1/tenants/:tenant/search",
    {
      bodyLimit,
      schema: {
        operationId: "searchTenant",
        tags,
        summary: "Search a tenant's documents",
        description: "The search of `/v1/search` over the documents of this tenant alone.",
        params: tenantParamsSchema,
        body: searchBodySchema,
        response: answers(searchResponseSchema, "INVALID_INPUT", "UNKNOWN_FIELD", "FILTER_INVALID"),
      },
    },
    async ({ body, params }, reply) => engine.tenant(params.tenant).search(body, { signal: signalOf(reply) }),
  );
}
