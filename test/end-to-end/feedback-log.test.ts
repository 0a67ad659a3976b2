import assert from "node:assert/strict";
import { test } from "node:test";
import { openEngine } from "../../src/index.js";
import { openTemporary } from "./temporary.js";

test("searches that got feedback are there after the library was closed, with all that was said of them", async (t) => {
  const engine = await openTemporary(t);
  await engine.put([
    { id: "keys", text: "How to rotate the signing keys." },
    { id: "soup", text: "Soup on Monday, and keys of a piano." },
  ]);
  const first = await engine.search({ query: "rotate keys", user: "ada@example.org" });
  await engine.search({ query: "nobody says anything of this" });
  const long = await engine.search({ query: "keys ".repeat(1000) });
  const [best, other] = first.hits.map(({ id }) => id) as [string, string];
  await engine.feedback({ searchId: first.searchId, id: best });
  await engine.feedback({ searchId: first.searchId, id: other });
  await engine.feedback({ searchId: first.searchId, id: best, kind: "judgement", relevance: 3 });
  await engine.feedback({ searchId: long.searchId, id: long.hits[0]!.id });
  await engine.close();

  const again = await openEngine({ library: engine.library, readOnly: true });
  t.after(() => again.close());
  const { searches, next } = await again.feedbackLog();
  assert.equal(next, undefined);
  const [{ session, answeredAtMs, ...kept } = assert.fail("nothing was kept")] = searches;
  assert.deepEqual(kept, {
    searchId: first.searchId,
    query: "rotate keys",
    shown: [best, other],
    clicked: [best, other],
    grades: { [best]: 3 },
  });
  assert.match(session ?? "", /^[0-9a-f]{16}$/);
  assert.ok(answeredAtMs > 0);
  assert.equal(searches.length, 1, "a query that was pasted in is not kept");
});

test("nothing is kept where it is not wanted", async (t) => {
  const engine = await openTemporary(t, { feedback: { keepSearches: 0 } });
  await engine.put([{ id: "keys", text: "How to rotate the signing keys." }]);
  const { searchId, hits } = await engine.search({ query: "rotate" });
  await engine.feedback({ searchId, id: hits[0]!.id });
  assert.deepEqual(await engine.feedbackLog(), { searches: [] });
});
