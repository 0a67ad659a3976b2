// The course of a search box against a server whose answers the test gives in whatever order it likes.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Hit, SearchRequest, SearchResponse } from "../../src/web/api/search.js";
import type { SearchState } from "../../src/web/search/search-session.js";
import { createSearchSession, shownIn } from "../../src/web/search/search-session.js";

type Asked = {
  request: SearchRequest;
  signal: AbortSignal;
  answer(ids?: string[]): Promise<void>;
  fail(error: Error): Promise<void>;
};

function openSession() {
  const asked: Asked[] = [];
  const states: SearchState[] = [];
  const session = createSearchSession({
    search: (request, signal) =>
      new Promise((resolve, reject) => {
        const settled = async (act: () => void) => {
          act();
          await new Promise((done) => setImmediate(done));
        };
        asked.push({
          request,
          signal,
          answer: (ids = [request.query]) => settled(() => resolve(responseOf(request, ids))),
          fail: (error) => settled(() => reject(error)),
        });
      }),
    onChange: (state) => states.push(state),
  });
  const state = () => states.at(-1) ?? { kind: "idle" as const };
  const shownIds = () => shownIn(state())?.hits.map((hit) => hit.id);
  return { session, asked, state, shownIds };
}

function request(query: string, limit = 2): SearchRequest {
  return { query, mode: "hybrid", limit, offset: 0 };
}

function responseOf({ query }: SearchRequest, ids: string[]): SearchResponse {
  const hits = ids.map((id) => ({ id }) as Hit);
  const plan = { kind: "exact", reason: "" };
  const figures = {
    candidates: 9,
    rerankDepth: 0,
    degraded: [],
    plan,
    generation: 1,
    model: "m",
    tookMs: 1,
    stages: [],
  };
  return { searchId: `of ${ids.join()}`, query, hits, ...figures };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  assert.ok(item !== undefined, `nothing at ${index}`);
  return item;
}

test("letters typed within the pause are one request, for the last of them", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { session, asked } = openSession();
  for (const query of ["k", "ke", "key"]) {
    session.ask(request(query), 120);
    t.mock.timers.tick(100);
  }
  assert.equal(asked.length, 0);
  t.mock.timers.tick(20);
  assert.deepEqual(
    asked.map((one) => one.request.query),
    ["key"],
  );
});

test("whatever the order in which answers arrive, only that to the last question is ever shown", async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), async (order) => {
      const { session, asked, state } = openSession();
      for (const query of ["a", "b", "c", "d", "e"]) session.ask(request(query), 0);
      for (const index of order) {
        await at(asked, index).answer();
        const shown = shownIn(state());
        assert.ok(shown === undefined || shown.response.query === "e");
      }
      assert.equal(shownIn(state())?.response.query, "e");
      assert.deepEqual(
        asked.map(({ signal }) => signal.aborted),
        [true, true, true, true, false],
      );
    }),
  );
});

test("the failure of a request that was given up is not shown", async () => {
  const { session, asked, state } = openSession();
  session.ask(request("a"), 0);
  session.ask(request("b"), 0);
  await at(asked, 0).fail(new Error("too late"));
  assert.equal(state().kind, "asking");
});

test("while the next answer is on its way the last one stays, until it comes", async () => {
  const { session, asked, state, shownIds } = openSession();
  session.ask(request("a"), 0);
  await at(asked, 0).answer(["one"]);
  session.ask(request("b"), 0);
  assert.equal(state().kind, "asking");
  assert.deepEqual(shownIds(), ["one"]);
  await at(asked, 1).answer(["two"]);
  assert.deepEqual(shownIds(), ["two"]);
});

test("clearing the query gives up the request and shows nothing", async () => {
  const { session, asked, state } = openSession();
  session.ask(request("a"), 0);
  session.ask(undefined, 0);
  await at(asked, 0).answer();
  assert.deepEqual(state(), { kind: "idle" });
  assert.equal(at(asked, 0).signal.aborted, true);
});

test("further pages are added, a document that comes twice stays where it was, and a short page is the last", async () => {
  const { session, asked, state, shownIds } = openSession();
  session.ask(request("a"), 0);
  await at(asked, 0).answer(["one", "two"]);
  session.extend();
  assert.equal(at(asked, 1).request.offset, 2);
  await at(asked, 1).answer(["two", "three"]);
  assert.deepEqual(shownIds(), ["one", "two", "three"]);
  assert.deepEqual(
    ["one", "two", "three"].map((id) => shownIn(state())?.searchIds.get(id)),
    ["of one,two", "of one,two", "of two,three"],
  );
  session.extend();
  await at(asked, 2).answer(["four"]);
  assert.equal(shownIn(state())?.exhausted, true);
  session.extend();
  assert.equal(asked.length, 3);
});

test("a page that was still coming when the question changed is not added", async () => {
  const { session, asked, shownIds } = openSession();
  session.ask(request("a"), 0);
  await at(asked, 0).answer(["one", "two"]);
  session.extend();
  session.ask(request("b"), 0);
  await at(asked, 1).answer(["three", "four"]);
  await at(asked, 2).answer(["five"]);
  assert.deepEqual(shownIds(), ["five"]);
});

test("after a failure the same question can be asked again, from its first page", async () => {
  const { session, asked, state, shownIds } = openSession();
  session.ask(request("a"), 0);
  await at(asked, 0).answer(["one", "two"]);
  session.extend();
  await at(asked, 1).fail(new Error("broken"));
  const failed = state();
  assert.ok(failed.kind === "failed" && failed.failure.kind === "refused");
  assert.equal(failed.failure.detail, "broken");
  session.retry();
  assert.equal(at(asked, 2).request.offset, 0);
  await at(asked, 2).answer(["one", "two"]);
  assert.deepEqual(shownIds(), ["one", "two"]);
});
