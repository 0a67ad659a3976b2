// One request to the server, and what each way of going wrong becomes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSend, failureOf, isAbort, RequestFailure } from "../../src/web/api/request.js";

function sendTo(answer: (input: string, init: RequestInit) => Promise<Response>) {
  return createSend((input, init) => answer(String(input), init ?? {}));
}

async function failureFrom(answer: () => Promise<Response>) {
  const error = await sendTo(answer)("/v1/status").then(
    () => assert.fail("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RequestFailure);
  return error.failure;
}

test("without a body it gets, with one it posts JSON", async () => {
  const seen: [string, RequestInit][] = [];
  const send = sendTo(async (input, init) => {
    seen.push([input, init]);
    return Response.json({ ok: 1 });
  });
  assert.deepEqual(await send("/v1/status"), { ok: 1 });
  await send("/v1/search", { body: { query: "keys" } });
  assert.deepEqual(
    seen.map(([path, init]) => [path, init.method, init.body]),
    [
      ["/v1/status", "GET", undefined],
      ["/v1/search", "POST", '{"query":"keys"}'],
    ],
  );
});

test("an answer without content is nothing, and an empty one is no answer", async () => {
  assert.equal(await sendTo(async () => new Response(null, { status: 204 }))("/v1/feedback", { body: {} }), undefined);
  const failure = await failureFrom(async () => new Response(""));
  assert.match(failure.kind === "refused" ? failure.title : "", /Not an answer/);
});

test("a problem is told with its title, detail and code", async () => {
  const problem = {
    type: "about:blank",
    title: "Filter invalid",
    status: 400,
    detail: 'Unknown field "foldr"',
    code: "FILTER_INVALID",
  };
  assert.deepEqual(await failureFrom(async () => Response.json(problem, { status: 400 })), {
    kind: "refused",
    status: 400,
    title: "Filter invalid",
    detail: 'Unknown field "foldr"',
    code: "FILTER_INVALID",
  });
});

test("an error page that is no problem document is told by its status", async () => {
  const failure = await failureFrom(async () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  assert.deepEqual(failure, {
    kind: "refused",
    status: 502,
    title: "The server answered 502",
    detail: undefined,
    code: undefined,
  });
});

test("an answer that is not JSON is not taken for one", async () => {
  const failure = await failureFrom(async () => new Response("<html>", { status: 200 }));
  assert.equal(failure.kind === "refused" && failure.title, "Not an answer of Lodestone");
});

test("a server that is not there is unreachable", async () => {
  const failure = await failureFrom(() => Promise.reject(new TypeError("fetch failed")));
  assert.deepEqual(failure, { kind: "unreachable" });
});

test("a request that was given up stays an abort and is no failure of the server", async () => {
  const giveUp = new AbortController();
  const send = sendTo(
    (_, init) =>
      new Promise((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      }),
  );
  const pending = send("/v1/status", { signal: giveUp.signal });
  giveUp.abort();
  await assert.rejects(pending, isAbort);
});

test("anything else that is thrown is shown with its message", () => {
  assert.deepEqual(failureOf(new RequestFailure({ kind: "unreachable" })), { kind: "unreachable" });
  const failure = failureOf(new Error("hits is not iterable"));
  assert.equal(failure.kind === "refused" && failure.detail, "hits is not iterable");
});
