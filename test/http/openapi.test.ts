// The API's description: complete, free of loose ends, and with commands that work.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { apiSchemas } from "../../src/http/api-schema.js";
import { exampleCommand } from "../../src/http/docs-example.js";
import type { ApiDocument } from "../../src/http/docs-page.js";
import { exampleSearchId } from "../../src/http/feedback.js";
import { html, Markup } from "../../src/http/html.js";
import { type ProblemCode, problemKinds, problemType } from "../../src/http/problem.js";
import { exampleSnapshot } from "../../src/http/snapshot-schema.js";
import { packageVersion } from "../../src/package-root.js";
import { startEverything } from "./server-under-test.js";

const { engine, server } = await startEverything({ after });
// The one that the description's commands speak of.
const { path: madeSnapshot } = await engine.snapshot();
renameSync(madeSnapshot, join(engine.snapshots.directory, exampleSnapshot));
const answer = await server.ask("/openapi.json");
const document = answer.json as ApiDocument & { openapi: string };
const page = (await server.ask("/docs")).text;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => (key === "$ref" ? [String(child)] : references(child)));
}

test("the description is OpenAPI 3.1 of this version, to be asked for anew", () => {
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
  assert.equal(answer.headers["cache-control"], "no-cache");
  assert.equal(document.openapi, "3.1.0");
  assert.equal(document.info.version, packageVersion);
});

test("every operation of the API is described, and nothing else", () => {
  assert.deepEqual(operations.map(({ name }) => name).sort(), [
    "DELETE /v1/cache",
    "DELETE /v1/documents/{id}",
    "DELETE /v1/jobs/{id}",
    "DELETE /v1/snapshots/{name}",
    "DELETE /v1/tenants/{tenant}",
    "DELETE /v1/tenants/{tenant}/documents/{id}",
    "DELETE /v1/tune",
    "GET /livez",
    "GET /metrics",
    "GET /readyz",
    "GET /v1/alerts",
    "GET /v1/cache",
    "GET /v1/cost",
    "GET /v1/diagnosis",
    "GET /v1/documents",
    "GET /v1/documents/{id}",
    "GET /v1/duplicates",
    "GET /v1/facets",
    "GET /v1/health",
    "GET /v1/jobs",
    "GET /v1/jobs/events",
    "GET /v1/jobs/{id}",
    "GET /v1/migration",
    "GET /v1/models",
    "GET /v1/search",
    "GET /v1/snapshots",
    "GET /v1/snapshots/{name}/verify",
    "GET /v1/stale",
    "GET /v1/status",
    "GET /v1/suggest",
    "GET /v1/tenants",
    "GET /v1/tenants/{tenant}/documents",
    "GET /v1/tenants/{tenant}/documents/{id}",
    "GET /v1/tune",
    "POST /v1/documents",
    "POST /v1/documents/delete",
    "POST /v1/feedback",
    "POST /v1/health/check",
    "POST /v1/jobs/retry",
    "POST /v1/jobs/{id}/retry",
    "POST /v1/migration",
    "POST /v1/migration/finish",
    "POST /v1/migration/promote",
    "POST /v1/migration/rollback",
    "POST /v1/migration/split",
    "POST /v1/search",
    "POST /v1/snapshots",
    "POST /v1/stale/run",
    "POST /v1/tenants/{tenant}/documents",
    "POST /v1/tenants/{tenant}/documents/delete",
    "POST /v1/tenants/{tenant}/search",
    "POST /v1/tune",
    "POST /v1/tune/cancel",
    "POST /v1/vacuum",
    "PUT /v1/documents/{id}",
    "PUT /v1/tenants/{tenant}/documents/{id}",
  ]);
  const tags = document.tags.map(({ name }) => name);
  for (const { name, operation } of operations) {
    assert.ok(operation.summary && operation.description && operation.operationId, name);
    assert.ok(operation.tags.length === 1 && tags.includes(operation.tags[0]!), name);
    for (const parameter of operation.parameters ?? []) assert.ok(parameter.description, `${name} ${parameter.name}`);
    const { 200: done, 202: begun, 204: nothing, default: problem } = operation.responses;
    const answered = (done ?? begun)?.content ?? {};
    const [told] = ["application/json", "text/event-stream", "text/plain"].flatMap((type) => answered[type] ?? []);
    assert.ok(nothing?.description ?? told?.schema, name);
    assert.equal(nothing?.content, undefined, name);
    assert.ok(problem?.content?.["application/problem+json"]?.schema, name);
  }
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
});

test("every reference leads to a schema, and every schema is led to", () => {
  const wanted = new Set(references(document));
  const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  assert.deepEqual([...wanted].sort(), names.sort());
});

test("every schema and every field of one has words", () => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    assert.ok(schema.description, name);
    for (const [field, part] of Object.entries(schema.properties ?? {})) {
      assert.ok(part.description ?? part.$ref ?? part.items?.$ref ?? part.const ?? part.enum, `${name}.${field}`);
    }
  }
});

test("a schema is named as people would, once", () => {
  const names = Object.keys(document.components.schemas);
  for (const name of ["SearchRequest", "SearchResponse", "Hit", "Filter", "Metadata", "DocumentInput", "Problem"]) {
    assert.ok(names.includes(name), name);
    assert.ok(!names.includes(`${name}Input`), name);
  }
});

test("the limits that hold are the limits that are told", () => {
  const { SearchRequest, PutRequest } = document.components.schemas;
  const { limit, query, mode } = SearchRequest?.properties ?? {};
  assert.deepEqual([limit?.type, limit?.minimum, limit?.maximum, limit?.default], ["integer", 1, 100, 10]);
  assert.deepEqual([query?.type, query?.maxLength], ["string", 100_000]);
  assert.deepEqual(mode?.enum, ["hybrid", "lexical", "dense", "sparse"]);
  assert.deepEqual(SearchRequest?.required, ["query"]);
  const list = PutRequest?.properties?.documents;
  assert.deepEqual([list?.minItems, list?.maxItems], [1, 1000]);
  const byAddress = operations.find(({ name }) => name === "GET /v1/search")?.operation.parameters ?? [];
  assert.deepEqual(
    byAddress.map(({ name, required }) => [name, required]),
    [
      ["q", true],
      ["limit", false],
      ["offset", false],
      ["mode", false],
      ["filter", false],
      ["collapseDuplicates", false],
      ["explain", false],
      ["feedback", false],
      ["diversity", false],
      ["minConfidence", false],
      ["sparse", false],
      ["rerank", false],
      ["typos", false],
      ["plan", false],
      ["recall", false],
      ["oversampling", false],
      ["probes", false],
      ["ef", false],
      ["user", false],
    ],
  );
});

test("the names of schemas stay out of zod's global registry", () => {
  assert.ok(apiSchemas);
  assert.equal(
    (globalThis as { __zod_globalRegistry?: { _idmap: Map<string, unknown> } }).__zod_globalRegistry?._idmap.size,
    0,
  );
});

test("the page shows every operation, schema and problem, and no link of it leads nowhere", () => {
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const { operation } of operations) assert.ok(ids.has(operation.operationId), operation.operationId);
  for (const name of Object.keys(document.components.schemas)) assert.ok(ids.has(`schema-${name}`), name);
  for (const code of Object.keys(problemKinds) as ProblemCode[])
    assert.ok(ids.has(problemType(code).split("#")[1]!), code);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target!), target);
});

test("the page loads nothing but its own two files", async () => {
  const loaded = [...page.matchAll(/(?:src|<link[^>]* href)="([^"]+)"/g)].map(([, target]) => target).sort();
  assert.deepEqual(loaded, ["/docs/script.js", "/docs/style.css", "/favicon.svg"]);
  assert.doesNotMatch(page, /<style|style=|<script>| on\w+=/);
  const style = await server.ask("/docs/style.css");
  assert.equal(style.headers["content-type"], "text/css; charset=utf-8");
  const script = await server.ask("/docs/script.js");
  assert.match(String(script.headers["content-type"]), /^text\/javascript/);
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
test("every command on the page works as it stands", { skip: hasCurl ? false : "curl is not installed" }, async () => {
  const commands = [...page.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs)].map(([, text]) =>
    text!.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
  );
  assert.equal(commands.length, operations.length);
  // An answer is named by what it is remembered under: the command names one that was given just now.
  const { searchId } = await engine.search({ query: "rotate the keys" });
  for (const command of commands) {
    const status = await statusOf(command.replace(exampleSearchId, searchId));
    assert.match(status, /^20[024]$/, command);
  }
});

// Not spawnSync: the server that answers runs in this very process.
async function statusOf(command: string): Promise<string> {
  // A stream of events ends when its reader has had enough.
  const enough = command.endsWith("/events") ? " --max-time 1" : "";
  const child = spawn("sh", ["-c", `${command}${enough} --silent --output /dev/null --write-out '%{http_code}'`]);
  let output = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) output += chunk as string;
  return output;
}

test("a command is quoted for the shell", () => {
  const command = exampleCommand(
    {
      method: "PUT",
      path: "/v1/documents/{id}",
      parameters: [{ name: "id", in: "path", example: "a/b c" }],
      bodyExample: { text: "it's" },
    },
    "http://localhost:1",
  );
  assert.equal(
    command,
    `curl -X PUT http://localhost:1/v1/documents/a%2Fb%20c \\\n  --header 'Content-Type: application/json' \\\n  --data '{"text":"it'\\''s"}'`,
  );
});

test("text in a page is escaped, markup is not", () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  const shown = html`<p title="${evil}">${evil}${html`<b>${1}</b>`}${[new Markup("<i>"), new Markup("</i>")]}</p>`.text;
  const escaped = "&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;";
  assert.equal(shown, `<p title="${escaped}">${escaped}<b>1</b><i></i></p>`);
});
