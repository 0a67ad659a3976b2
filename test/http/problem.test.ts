// Every way in which a request goes wrong before it reaches the engine, and what a failure inside looks like from
// outside.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Problem, problemKinds, problemType } from "../../src/http/problem.js";
import { type Answer, type Question, sendRaw, startEverything, startServer, withVerbs } from "./server-under-test.js";

const { engine, server } = await startEverything({ after }, { maxDocumentBytes: 4096, maxSearchBytes: 512 });
const { ask } = server;
const json = { "content-type": "application/json" };

function assertProblem(answer: Answer, code: Problem["code"], detail: RegExp): void {
  const { status, title } = problemKinds[code];
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.ok(answer.headers["content-security-policy"]);
  const { detail: found, ...rest } = answer.json;
  assert.match(String(found), detail);
  assert.deepEqual({ ...rest, errors: undefined }, { type: problemType(code), title, status, code, errors: undefined });
}

const refused: [name: string, path: string, question: Question, code: Problem["code"], detail: RegExp][] = [
  ["JSON that ends early", "/v1/search", { body: '{"query": "a"', headers: json }, "BODY_MALFORMED", /not valid JSON/],
  ["two values", "/v1/search", { body: '{"query":"a"}{}', headers: json }, "BODY_MALFORMED", /not valid JSON/],
  [
    "a body of nothing",
    "/v1/search",
    { body: "", method: "POST", headers: { ...json, "content-length": "0" } },
    "BODY_MALFORMED",
    /empty/,
  ],
  ["no body", "/v1/search", { method: "POST" }, "INVALID_INPUT", /JSON object is needed/],
  ["null", "/v1/search", { body: "null", headers: json }, "INVALID_INPUT", /JSON object is needed/],
  [
    "a list",
    "/v1/search",
    { body: "[]", headers: json },
    "INVALID_INPUT",
    /^The body: expected an object, found a list\.$/,
  ],
  [
    "bytes that are no UTF-8",
    "/v1/search",
    { body: Buffer.from('{"query": "caf\xe9"}', "latin1"), headers: json },
    "BODY_MALFORMED",
    /UTF-8/,
  ],
  [
    "a surrogate as UTF-8",
    "/v1/search",
    { body: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), headers: json },
    "BODY_MALFORMED",
    /UTF-8/,
  ],
  [
    "__proto__",
    "/v1/search",
    { body: '{"query":"a","__proto__":{"limit":1}}', headers: json },
    "BODY_MALFORMED",
    /"__proto__"/,
  ],
  [
    "__proto__ written otherwise",
    "/v1/search",
    { body: '{"query":"a","\\u005f_proto__":1}', headers: json },
    "BODY_MALFORMED",
    /"__proto__"/,
  ],
  [
    "__proto__ in metadata",
    "/v1/documents/a",
    { method: "PUT", body: '{"text":"a","metadata":{"__proto__":{}}}', headers: json },
    "BODY_MALFORMED",
    /"__proto__"/,
  ],
  [
    "constructor.prototype",
    "/v1/search",
    { body: '{"constructor":{"prototype":{}}}', headers: json },
    "BODY_MALFORMED",
    /"constructor"/,
  ],
  [
    "deep nesting",
    "/v1/documents/a",
    { method: "PUT", body: `{"text":${"[".repeat(1000)}${"]".repeat(1000)}}`, headers: json },
    "BODY_MALFORMED",
    /deeper than 64/,
  ],
  [
    "text",
    "/v1/search",
    { body: "query=a", headers: { "content-type": "text/plain" } },
    "MEDIA_TYPE_UNSUPPORTED",
    /application\/json/,
  ],
  [
    "a form",
    "/v1/search",
    { body: "query=a", headers: { "content-type": "application/x-www-form-urlencoded" } },
    "MEDIA_TYPE_UNSUPPORTED",
    /application\/json/,
  ],
  ["no media type", "/v1/search", { body: '{"query":"a"}' }, "MEDIA_TYPE_UNSUPPORTED", /application\/json/],
  [
    "a media type that is none",
    "/v1/search",
    { body: "{}", headers: { "content-type": ";;;" } },
    "MEDIA_TYPE_UNSUPPORTED",
    /application\/json/,
  ],
  [
    "a compressed body",
    "/v1/search",
    { body: gzipSync('{"query":"a"}'), headers: { ...json, "content-encoding": "gzip" } },
    "MEDIA_TYPE_UNSUPPORTED",
    /compressed \(gzip\)/,
  ],
  [
    "a search over its limit",
    "/v1/search",
    { json: { query: "a".repeat(600) } },
    "BODY_TOO_LARGE",
    /more than the 512 bytes/,
  ],
  [
    "a document over its limit",
    "/v1/documents/a",
    { method: "PUT", json: { text: "a".repeat(5000) } },
    "BODY_TOO_LARGE",
    /more than the 4096 bytes/,
  ],
  [
    "an over-long body in chunks",
    "/v1/search",
    { body: JSON.stringify({ query: "a".repeat(600) }), headers: { ...json, "transfer-encoding": "chunked" } },
    "BODY_TOO_LARGE",
    /512/,
  ],
  [
    "an unknown address",
    "/v2/search",
    {},
    "ROUTE_NOT_FOUND",
    /^There is nothing at \/v2\/search\. Did you mean \/v1\/search\?$/,
  ],
  ["a misspelled address", "/v1/document/a%2Fb", {}, "ROUTE_NOT_FOUND", /Did you mean \/v1\/documents\/a%2Fb\?$/],
  [
    "an address like no other",
    "/wp-login.php?a=b",
    {},
    "ROUTE_NOT_FOUND",
    /^There is nothing at \/wp-login\.php\. The API is described at \/docs\.$/,
  ],
  ["a path out of the page", "/assets/..%2f..%2fpackage.json", {}, "ROUTE_NOT_FOUND", /nothing at/],
  ["an unknown address with a bad body", "/v2/search", { body: "{", headers: json }, "ROUTE_NOT_FOUND", /nothing at/],
  ["a broken escape", "/v1/%", {}, "URL_MALFORMED", /percent sign in the path/],
  [
    "a wrong method",
    "/v1/search",
    { method: "DELETE" },
    "METHOD_NOT_ALLOWED",
    /^\/v1\/search takes GET, HEAD, OPTIONS, POST, not DELETE\.$/,
  ],
  [
    "a wrong method on a document",
    "/v1/documents/a",
    { method: "PATCH", json: {} },
    "METHOD_NOT_ALLOWED",
    /takes DELETE, GET, HEAD, OPTIONS, PUT, not PATCH/,
  ],
];
for (const [name, path, question, code, detail] of refused) {
  test(`${name} is refused with ${code}`, async () => assertProblem(await ask(path, question), code, detail));
}

test("a list longer than any route takes is refused before its elements are looked at", async (t) => {
  const roomy = await startServer(t, engine);
  const body = `{"documents":[${"0,".repeat(4_000_000)}0]}`;
  const answer = await roomy.ask("/v1/documents", { body, headers: json });
  assertProblem(answer, "BODY_MALFORMED", /a list of 4000001 elements; at most 10000/);
});

test("a wrong method says in Allow which are right, and OPTIONS asks for them", async () => {
  const wrong = await ask("/v1/documents/delete", { method: "PATCH" });
  assert.equal(wrong.headers.allow, "DELETE, GET, HEAD, OPTIONS, POST, PUT");
  const asked = await ask("/v1/search", { method: "OPTIONS" });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.allow, "GET, HEAD, OPTIONS, POST");
  assert.equal(asked.text, "");
});

test("a preflight of another site gets no leave", async () => {
  const headers = { origin: "http://localhost:5173", "access-control-request-method": "POST" };
  const answer = await ask("/v1/search", { method: "OPTIONS", headers });
  assert.equal(answer.status, 204);
  assert.deepEqual(
    Object.keys(answer.headers).filter((name) => name.startsWith("access-control")),
    [],
  );
});

test("HEAD on a missing document has the status and no body", async () => {
  const answer = await ask("/v1/documents/none", { method: "HEAD" });
  assert.equal(answer.status, 404);
  assert.equal(answer.text, "");
});

test("what is wrong is told field by field", async () => {
  const answer = await ask("/v1/search", {
    json: { limit: 0, rerank: { dept: 5 }, fusion: { method: "rff" }, quary: "a" },
  });
  assert.equal(answer.json.code, "INVALID_INPUT");
  assert.deepEqual(answer.json.errors, [
    { in: "body", pointer: "/query", detail: '"query": expected a text, found nothing.' },
    { in: "body", pointer: "/limit", detail: '"limit": expected at least 1, found 0.' },
    { in: "body", pointer: "/rerank/depth", detail: '"rerank.depth": expected a number, found nothing.' },
    { in: "body", pointer: "/rerank/dept", detail: 'Unknown field "rerank.dept" in the body. Did you mean "depth"?' },
    { in: "body", pointer: "/fusion/method", detail: '"fusion.method": expected one of "convex", "rrf", found "rff".' },
  ]);
});

test("a failure inside shows nothing of the inside and is found in the log by its id", async (t) => {
  const lines: string[] = [];
  const status = () => Promise.reject(new TypeError("secret of /home/someone"));
  const failing = await startServer(t, withVerbs(engine, { status }), {
    logLevel: "warn",
    logTo: { write: (line) => lines.push(line) },
  });
  const answer = await failing.ask("/v1/status");
  const { instance, ...problem } = answer.json;
  assert.deepEqual(problem, {
    type: "/docs#problem-internal",
    title: "Something went wrong inside",
    status: 500,
    detail: "The cause is in the server's log under this occurrence's id.",
    code: "INTERNAL",
  });
  assert.equal(lines.length, 1);
  const entry = JSON.parse(lines[0]!) as { reqId: string; err: { message: string; stack: string } };
  assert.equal(instance, `urn:uuid:${entry.reqId}`);
  assert.equal(entry.err.message, "secret of /home/someone");
  assert.match(entry.err.stack, /problem\.test/);
});

test("the log has no queries in it", async (t) => {
  const lines: string[] = [];
  const logging = await startServer(t, engine, { logLevel: "info", logTo: { write: (line) => lines.push(line) } });
  await logging.ask("/v1/search?q=my+private+matter");
  assert.ok(lines.some((line) => line.includes('"path":"/v1/search"')));
  assert.ok(!lines.some((line) => line.includes("private")));
});

test("what is no HTTP is answered with a problem and a closed connection", async () => {
  const answer = await sendRaw(server.port, "HELLO THERE\r\n\r\n");
  const [head, body] = answer.split("\r\n\r\n");
  assert.match(head!, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(head!, /content-type: application\/problem\+json/);
  assert.equal((JSON.parse(body!) as Problem).code, "REQUEST_MALFORMED");
});
