// The API's description: /openapi.json, made from the routes' zod schemas, and /docs, the same for people to read.

import fastifySwagger from "@fastify/swagger";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { z } from "zod";
import { packageVersion } from "../package-root.js";
import { type Api, apiSchemas } from "./api-schema.js";
import { docsScript, docsStyle } from "./docs-assets.js";
import { type ApiDocument, docsPage } from "./docs-page.js";

const tags = [
  { name: "Search", description: "Ask the library." },
  { name: "Documents", description: "Put documents in, read them, take them out." },
  { name: "Jobs", description: "What was submitted, and what becomes of it." },
  { name: "Tenants", description: "Documents that only their owner meets." },
  { name: "Upkeep", description: "Look after the library." },
  { name: "Migration", description: "Change to another model, chunking or length of vectors while searches go on." },
  { name: "Watching", description: "How well the library answers, and what is wrong where it does not." },
  { name: "Snapshots", description: "Back the library up." },
  { name: "Status", description: "What the server holds, and whether it works." },
];

const description =
  "Search by words and by meaning over a library on this machine. Bodies are JSON in UTF-8; a field that is not known is " +
  "refused, not ignored. Every failure is a problem (RFC 9457) with a stable `code`. The server answers requests to " +
  "localhost and to the hosts it was started for, and none from pages of other sites.";

const conversion = {
  schemaRegistry: apiSchemas,
  zodToJsonConfig: {
    // Left out: what holds of every integer and of every object in JSON.
    override({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.propertyNames;
    },
  },
};

/** Registers the description. Before the routes: it notes them as they are added. */
export async function describeApi(api: Api): Promise<void> {
  await api.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Lodestone",
        version: packageVersion,
        description,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      tags,
    },
    transform: createJsonSchemaTransform(conversion),
    transformObject: createJsonSchemaTransformObject(conversion),
  });

  let document: ApiDocument | undefined;
  const read = () => {
    document ??= withTidyComponents(api.swagger() as unknown as ApiDocument);
    return document;
  };
  const hidden = { schema: { hide: true } };
  const cached = "no-cache";
  api.get("/openapi.json", hidden, async (_request, reply) => reply.header("cache-control", cached).send(read()));
  api.get("/docs", hidden, async (request, reply) =>
    reply
      .header("cache-control", cached)
      .type("text/html; charset=utf-8")
      .send(docsPage(read(), `${request.protocol}://${request.host}`)),
  );
  api.get("/docs/style.css", hidden, async (_request, reply) =>
    reply.header("cache-control", cached).type("text/css; charset=utf-8").send(docsStyle),
  );
  api.get("/docs/script.js", hidden, async (_request, reply) =>
    reply.header("cache-control", cached).type("text/javascript; charset=utf-8").send(docsScript),
  );
}

const componentPrefix = "#/components/schemas/";

/**
 * Every named schema comes in twice, as what is taken ("FilterInput") and as what is given ("Filter"). Keeps those that a
 * route uses, under the short name where only one of the two is used.
 */
function withTidyComponents(document: ApiDocument): ApiDocument {
  const { schemas } = document.components;
  const used = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      if (key !== "$ref" || typeof child !== "string") {
        visit(child);
        continue;
      }
      const name = child.slice(componentPrefix.length);
      if (used.has(name)) continue;
      used.add(name);
      visit(schemas[name]);
    }
  };
  visit(document.paths);
  const shortName = (name: string) => {
    const base = name.replace(/Input$/, "");
    return Object.hasOwn(schemas, base) && !used.has(base) ? base : name;
  };
  const renamed = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (key, child: unknown) =>
      key === "$ref" && typeof child === "string"
        ? componentPrefix + shortName(child.slice(componentPrefix.length))
        : child,
    );
  const kept = [...used].sort().map((name) => [shortName(name), schemas[name]]);
  return renamed({ ...document, components: { schemas: Object.fromEntries(kept) } }) as ApiDocument;
}
