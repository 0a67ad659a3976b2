// What the tenant routes take and give beside what documents and searches do.

import { z } from "zod";
import { describeFields, named, withExample } from "./api-schema.js";
import { documentParamsSchema } from "./document-schema.js";

const tenantName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@:-]*$/u, "letters, digits and . _ @ : -, the first a letter or digit");
const nameWords = { tenant: "The tenant's name." };

export const tenantParamsSchema = describeFields(
  z.strictObject({ tenant: withExample(tenantName.clone(), "acme") }),
  nameWords,
);

export const tenantDocumentParamsSchema = describeFields(
  documentParamsSchema.extend({ tenant: withExample(tenantName.clone(), "acme") }),
  { id: "The document's id as the tenant knows it, percent-encoded.", ...nameWords },
);

const tenantSchema = named(
  "Tenant",
  describeFields(
    z.object({ name: z.string(), documents: z.int(), chunks: z.int(), index: z.enum(["shared", "own"]) }),
    {
      name: "The tenant's name.",
      documents: "Documents that it has.",
      chunks: "Chunks of them.",
      index: "Whether its vectors lie among those of others or, once there are many, in an index of their own.",
    },
  ),
  { description: "Who has documents in the library." },
);

export const tenantListSchema = named("TenantList", z.object({ tenants: z.array(tenantSchema) }), {
  description: "All tenants by name. Documents of no tenant are not counted here.",
});

export const tenantDroppedSchema = named(
  "TenantDropped",
  describeFields(z.object({ documents: z.int(), jobs: z.int(), embeddings: z.int() }), {
    documents: "Documents that were removed.",
    jobs: "Jobs that were forgotten.",
    embeddings: "Remembered embeddings that were forgotten.",
  }),
  { description: "What was removed with a tenant." },
);
