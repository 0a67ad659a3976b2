// Whatever is sent, the answer is a success or a problem of the sender's: never a failure inside, never no answer.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { type ProblemCode, problemKinds } from "../../src/http/problem.js";
import { type Answer, type Question, startEverything } from "./server-under-test.js";

const { server } = await startEverything({ after });

function assertAnswered(answer: Answer): void {
  if (answer.status < 400) return;
  assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
  assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
  // The answer to HEAD has no body.
  if (answer.text === "") return;
  assert.equal(problemKinds[answer.json.code as ProblemCode].status, answer.status);
  assert.ok(answer.json.detail);
}

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    "\u0000",
    "\ud800",
    "rotate the keys",
    '"a" OR b*',
    "NEAR(a b)",
    "-a",
    "a".repeat(5000),
    "数据库",
    "__proto__",
  ),
);
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, -1, 0, 1e308, -0.5, 2 ** 53, [], {}, "") },
  { weight: 1, arbitrary: anyText },
);
/** Mostly what belongs there, sometimes anything. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 8, arbitrary: arbitrary as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything });

const fieldName = fc.constantFrom(
  "id",
  "title",
  "type",
  "path",
  "folder",
  "modifiedAt",
  "year",
  "tags",
  "toString",
  "a b",
  "é",
);
const scalar = fc.oneof(anyText, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
const operator = fc.constantFrom("eq", "ne", "in", "gt", "gte", "lt", "lte", "exists", "like");
const condition = mostly(
  fc.oneof(
    scalar,
    fc.dictionary(operator, mostly(fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))), { maxKeys: 3 }),
  ),
);
const { filter } = fc.letrec<{ filter: unknown }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthIdentifier: "filter" },
    fc.dictionary(fieldName, condition, { maxKeys: 3 }),
    fc.record({ and: mostly(fc.array(tie("filter"), { maxLength: 3 })) }),
    fc.record({ or: mostly(fc.array(tie("filter"), { maxLength: 3 })) }),
    fc.record({ not: tie("filter") }),
  ),
}));

const searchBody = fc.record(
  {
    query: mostly(anyText),
    limit: mostly(fc.integer({ min: 1, max: 100 })),
    offset: mostly(fc.integer({ min: 0, max: 1000 })),
    filter: mostly(filter),
    mode: mostly(fc.constantFrom("hybrid", "lexical", "dense")),
    rerank: mostly(fc.oneof(fc.boolean(), fc.record({ depth: fc.integer({ min: 1, max: 200 }) }))),
    fusion: mostly(
      fc.oneof(
        fc.record({ method: fc.constant("convex"), lexicalWeight: fc.double({ min: 0, max: 1, noNaN: true }) }),
        fc.record({ method: fc.constant("rrf"), k: fc.double({ min: 0, max: 1000, noNaN: true }) }),
      ),
    ),
    minScore: mostly(fc.double({ min: 0, max: 1, noNaN: true })),
    explain: mostly(fc.boolean()),
    plan: mostly(fc.constantFrom("auto", "exact", "prefilter", "graph")),
    limits: mostly(fc.record({ embedMs: fc.integer({ min: 0, max: 60_000 }) })),
  },
  { requiredKeys: ["query"] },
);
const content = fc.record(
  {
    text: mostly(anyText),
    title: mostly(anyText),
    type: mostly(fc.constantFrom("text/plain", "text/markdown", "text/html")),
    metadata: mostly(
      fc.dictionary(fc.oneof(fieldName, anyText), mostly(fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }))), {
        maxKeys: 4,
      }),
    ),
    modifiedAt: mostly(fc.oneof(fc.integer(), fc.constantFrom("2024-05-06", "soon", "+275760-09-13"))),
  },
  { requiredKeys: ["text"] },
);
const documentList = fc.array(
  fc.tuple(mostly(anyText), content).map(([id, fields]) => ({ id, ...fields })),
  { minLength: 1, maxLength: 4 },
);
const deletion = fc.oneof(
  fc.record({ ids: mostly(fc.array(anyText, { maxLength: 3 })) }),
  fc.record({ filter: mostly(filter) }),
  anything,
);

async function holds(requests: fc.Arbitrary<[path: string, question: Question]>, numRuns: number): Promise<void> {
  const law = fc.asyncProperty(requests, async ([path, question]) => assertAnswered(await server.ask(path, question)));
  await fc.assert(law, { numRuns });
}

test("any search is answered", () =>
  holds(
    searchBody.map((json) => ["/v1/search", { json }]),
    200,
  ));

test("any JSON is answered on every address that takes a body", () =>
  holds(
    fc
      .tuple(
        fc.constantFrom(
          "POST /v1/search",
          "POST /v1/documents",
          "PUT /v1/documents/a",
          "POST /v1/documents/delete",
          "POST /v1/migration",
          "POST /v1/migration/split",
          "POST /v1/migration/rollback",
          "POST /v1/feedback",
        ),
        anything,
      )
      .map(([route, json]) => {
        const [method, path] = route.split(" ") as [string, string];
        return [path, { method, json }];
      }),
    200,
  ));

test("any document is answered", () =>
  holds(
    fc.oneof(
      fc
        .tuple(anyText, content)
        .map(([id, json]): [string, Question] => [`/v1/documents/${encoded(id)}`, { method: "PUT", json }]),
      documentList.map((list): [string, Question] => ["/v1/documents", { json: { documents: list } }]),
      deletion.map((json): [string, Question] => ["/v1/documents/delete", { json }]),
    ),
    150,
  ));

test("any filter in an address is answered", () =>
  holds(
    filter.map((value) => [`/v1/documents?filter=${encodeURIComponent(JSON.stringify(value))}`, {}]),
    150,
  ));

test("any bytes are answered", () =>
  holds(
    fc
      .tuple(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom("/v1/search", "/v1/documents", "/v1/documents/delete", "/nowhere"),
      )
      .map(([body, path]) => [path, { method: "POST", body, headers: { "content-type": "application/json" } }]),
    150,
  ));

const pathPiece = fc.constantFrom(
  "/",
  "v1",
  "search",
  "documents",
  "..",
  "%2e%2e",
  "%",
  "%ff",
  "%00",
  "assets",
  "?",
  "q=",
  "limit=",
  "&",
  "#",
  "docs",
  ";",
  "//",
  "*",
  "\\",
  "{id}",
);
const anyMethod = fc.constantFrom(
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "SEARCH",
  "PROPFIND",
);

test("any address is answered, whatever the method", () =>
  holds(
    fc
      .tuple(anyMethod, fc.array(fc.oneof(pathPiece, fc.string({ maxLength: 5 }).map(encoded)), { maxLength: 8 }))
      .map(([method, pieces]) => [`/${pieces.join("")}`.replaceAll(" ", "+"), { method }]),
    300,
  ));

function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "?"));
}
