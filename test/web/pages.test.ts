// The pages in the address: which one a fragment names, and the fragment of each.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fragmentOf, pageOf, pages, parametersOf } from "../../src/web/routing/pages.js";
import { formatDocumentRoute } from "../../src/web/search/document-route.js";

test("a page and its parameters are read back from its fragment", () => {
  const page = fc.constantFrom(...pages.map(({ name }) => name));
  const parameters = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true });
  fc.assert(
    fc.property(page, parameters, (name, given) => {
      const fragment = fragmentOf(name, given);
      assert.equal(pageOf(fragment), name);
      assert.deepEqual(Object.fromEntries(parametersOf(fragment)), given);
    }),
  );
});

test("a parameter without a value is left out", () => {
  assert.equal(fragmentOf("jobs", { state: undefined }), "#/jobs");
  assert.equal(fragmentOf("jobs", { state: "failed" }), "#/jobs?state=failed");
  assert.equal(fragmentOf("search"), "#/");
});

test("a list is one parameter for each of its items", () => {
  const fragment = fragmentOf("documents", { type: ["text/html", "text/plain"], folder: [] });
  assert.deepEqual(parametersOf(fragment).getAll("type"), ["text/html", "text/plain"]);
  assert.equal(parametersOf(fragment).has("folder"), false);
});

test("what names no page is the search, also with a document open", () => {
  for (const fragment of [
    "",
    "#",
    "#/",
    "#top",
    "#/nowhere",
    "#/jobs/1",
    "#jobs",
    formatDocumentRoute({ id: "jobs", passage: undefined }),
  ]) {
    assert.equal(pageOf(fragment), "search", fragment);
  }
});
