import assert from "node:assert/strict";
import { test } from "node:test";
import type { FeedbackSearch } from "../../src/store/feedback.js";
import { openReader } from "../../src/store/reader.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { recipe } from "./library-fixture.js";

const DAY_MS = 24 * 3_600_000;
const bounds = { searches: 3, ms: 30 * DAY_MS };

function search(searchId: string, parts: Partial<FeedbackSearch> = {}): FeedbackSearch {
  return {
    searchId,
    query: `query ${searchId}`,
    answeredAtMs: 0,
    shown: ["a", "b"],
    clicked: [],
    grades: {},
    ...parts,
  };
}

function openBoth(t: import("node:test").TestContext) {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  const reader = openReader(library);
  t.after(() => reader.close());
  const ids = (tenant = "") =>
    reader.feedback({ tenant, after: 0, limit: 100 }).searches.map((found) => found.searchId);
  return { writer, reader, ids, db: writer.db };
}

test("what is said of a search later stands beside what was said before, in one record", (t) => {
  const { writer, reader } = openBoth(t);
  writer.feedback.note("", search("s1", { clicked: ["b"], session: "u" }), bounds, 0);
  const whole = search("s1", { clicked: ["b", "a"], grades: { a: 3 }, session: "u" });
  writer.feedback.note("", whole, bounds, 1);
  assert.deepEqual(reader.feedback({ tenant: "", after: 0, limit: 10 }), { searches: [whole] });
});

test("beyond the number or the age the oldest are forgotten", (t) => {
  const { writer, ids } = openBoth(t);
  for (const id of ["1", "2", "3", "4"])
    writer.feedback.note("", search(id, { answeredAtMs: Number(id) * DAY_MS }), bounds, 0);
  assert.deepEqual(ids(), ["2", "3", "4"]);
  writer.feedback.note("", search("5", { answeredAtMs: 34 * DAY_MS }), bounds, 34 * DAY_MS);
  assert.deepEqual(ids(), ["4", "5"]);
  writer.feedback.note("", search("6"), { searches: 0, ms: DAY_MS }, 0);
  assert.deepEqual(ids(), ["4", "5"]);
});

test("pages go on where the last one ended, and a tenant meets its own searches alone", (t) => {
  const { writer, reader, ids } = openBoth(t);
  const wide = { searches: 100, ms: DAY_MS };
  for (const id of ["1", "2", "3"]) writer.feedback.note("acme", search(id), wide, 0);
  writer.feedback.note("", search("4"), wide, 0);
  const first = reader.feedback({ tenant: "acme", after: 0, limit: 2 });
  assert.deepEqual(
    first.searches.map(({ searchId }) => searchId),
    ["1", "2"],
  );
  const second = reader.feedback({ tenant: "acme", after: first.next!, limit: 2 });
  assert.deepEqual([second.searches.map(({ searchId }) => searchId), second.next], [["3"], undefined]);
  assert.equal(writer.feedback.forgetTenant("acme"), 3);
  assert.deepEqual([ids("acme"), ids()], [[], ["4"]]);
});

test("a library that is only read and has no such table yet has no feedback", (t) => {
  const { reader, db } = openBoth(t);
  db.exec("DROP TABLE feedback_searches");
  assert.deepEqual(reader.feedback({ tenant: "", after: 0, limit: 10 }), { searches: [] });
});
