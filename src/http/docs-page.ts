// The page at /docs: the OpenAPI document as people read it, with a command to try for every operation. Rendered here, so
// that it works without any script.

import { exampleCommand } from "./docs-example.js";
import { fieldRow, fieldsMarkup, type JsonSchema, prose, schemaName, typeMarkup } from "./docs-schema.js";
import { html, type Markup } from "./html.js";
import { type ProblemCode, problemKinds, problemType } from "./problem.js";

export type Media = { schema?: JsonSchema };
export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  schema?: JsonSchema;
  content?: Record<string, Media>;
  description?: string;
  example?: unknown;
};

export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
};

/** What the page shows of an OpenAPI document. */
export type ApiDocument = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
};

type Place = { method: string; path: string; operation: Operation };

/** The whole page; `origin` is where this server was reached, for the commands. */
export function docsPage(document: ApiDocument, origin: string): string {
  const { info, tags, paths, components } = document;
  const places = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Place => ({ method: method.toUpperCase(), path, operation })),
  );
  const groups = tags.map((tag) => ({
    ...tag,
    places: places.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const schemas = Object.entries(components.schemas);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title} API</title>
<link rel="icon" type="image/svg+xml" href="/favicon.svg">
<link rel="stylesheet" href="/docs/style.css">
<script type="module" src="/docs/script.js"></script>
</head>
<body>
<header><a class="home" href="/">${info.title}</a> <span>API ${info.version}</span> <a class="source" href="/openapi.json">openapi.json</a></header>
<nav aria-label="Contents">
${groups.map(
  ({ name, places }) =>
    html`<h2>${name}</h2><ul>${places.map(
      ({ method, path, operation }) =>
        html`<li><a href="#${operation.operationId}"><b class="method ${method}">${method}</b> ${path}</a></li>`,
    )}</ul>`,
)}
<h2>Reference</h2>
<ul><li><a href="#problems">Problems</a></li><li><a href="#schemas">Schemas</a></li></ul>
</nav>
<main>
<h1>${info.title} API</h1>
<p class="lead">${prose(info.description)}</p>
${groups.map(
  ({ name, description, places }) =>
    html`<section class="group"><h2>${name}</h2><p>${description}</p>${places.map((place) => operationMarkup(place, document, origin))}</section>`,
)}
<section class="group" id="problems"><h2>Problems</h2>
<p>What is not answered as hoped is answered with a <a href="#schema-Problem">Problem</a>. Its <code>code</code> stays the same for ever.</p>
<table class="problems"><tbody>${problemRows()}</tbody></table></section>
<section class="group" id="schemas"><h2>Schemas</h2>${schemas.map(([name, schema]) => schemaMarkup(name, schema))}</section>
</main>
</body>
</html>
`.text;
}

function operationMarkup({ method, path, operation }: Place, { components }: ApiDocument, origin: string): Markup {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const body = schemaOf(requestBody?.content);
  const rows = parameters.map(({ name, schema, content, description: words = "", required = false }) =>
    fieldRow(name, { ...(schema ?? schemaOf(content)), description: words }, required),
  );
  const bodySchema = body?.$ref ? components.schemas[schemaName(body.$ref)] : body;
  const command = exampleCommand({ method, path, parameters, bodyExample: bodySchema?.examples?.[0] }, origin);
  return html`<article id="${operationId}">
<h3><b class="method ${method}">${method}</b> <code>${path}</code> <a class="anchor" href="#${operationId}">${summary}</a></h3>
<p>${prose(description)}</p>
${rows.length > 0 ? html`<h4>Parameters</h4><table class="fields"><tbody>${rows}</tbody></table>` : ""}
${body ? html`<h4>Body: ${typeMarkup(body)}</h4>${bodySchema?.properties ? fieldsMarkup(bodySchema) : bodySchema ? html`<p><code>${typeMarkup(bodySchema)}</code></p>` : ""}` : ""}
<h4>Try it</h4>
<div class="command"><pre><code>${command}</code></pre></div>
<h4>Answers</h4>
<table class="fields"><tbody>${Object.entries(responses).map(([status, response]) => responseRow(status, response))}</tbody></table>
</article>`;
}

function responseRow(status: string, { description, content }: Operation["responses"][string]): Markup {
  const schema = schemaOf(content);
  const type = schema ? html`<code>${typeMarkup(schema)}</code>` : "";
  return html`<tr><th scope="row"><code>${status === "default" ? "else" : status}</code></th><td>${type}<p>${prose(description)}</p></td></tr>`;
}

function schemaOf(content: Record<string, Media> = {}): JsonSchema | undefined {
  return Object.values(content)[0]?.schema;
}

function schemaMarkup(name: string, schema: JsonSchema): Markup {
  const shape = schema.properties ? fieldsMarkup(schema) : html`<p><code>${typeMarkup(schema)}</code></p>`;
  return html`<article id="schema-${name}"><h3><a class="anchor" href="#schema-${name}">${name}</a></h3>
<p>${prose(schema.description ?? "")}</p>${shape}</article>`;
}

function problemRows(): Markup[] {
  return (Object.entries(problemKinds) as [ProblemCode, { status: number; title: string }][]).map(
    ([code, { status, title }]) =>
      html`<tr id="${problemType(code).split("#")[1] ?? code}"><td>${status}</td><th scope="row"><code>${code}</code></th><td>${title}</td></tr>`,
  );
}
