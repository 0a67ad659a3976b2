// The address bar as state: the search in the query string, the open document in the fragment, and the history.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDocumentRoute, parseDocumentRoute } from "../../src/web/search/document-route.js";
import { historyStep, settledAfterMs } from "../../src/web/search/history-step.js";
import type { SearchView } from "../../src/web/search/search-view.js";
import { emptyView, formatSearchView, parseSearchView, requestOf } from "../../src/web/search/search-view.js";

const text = fc.string({ minLength: 1, unit: "grapheme" });
const plainObject = { noNullPrototype: true };
const view: fc.Arbitrary<SearchView> = fc.record(
  {
    query: fc.string({ unit: "grapheme" }),
    folder: fc.option(text, { nil: undefined }),
    types: fc.uniqueArray(text, { maxLength: 4 }).map((types) => types.sort()),
    mode: fc.constantFrom("hybrid" as const, "lexical" as const, "dense" as const),
    rerank: fc.boolean(),
  },
  plainObject,
);

test("a view read back from its address is the same view", () => {
  fc.assert(fc.property(view, (before) => assert.deepEqual(parseSearchView(formatSearchView(before)), before)));
});

test("the empty view has an empty address, and an address that makes no sense is the empty view", () => {
  assert.equal(formatSearchView(emptyView), "");
  assert.deepEqual(parseSearchView("?mode=telepathy&rerank=maybe&colour=red&type=&folder="), emptyView);
});

test("a document and its passage are read back from the fragment, whatever the id holds", () => {
  const route = fc.record(
    {
      id: text,
      passage: fc.option(
        fc
          .tuple(fc.nat({ max: 1e9 }), fc.integer({ min: 1, max: 1e6 }))
          .map(([start, chars]) => ({ start, end: start + chars })),
        { nil: undefined },
      ),
    },
    plainObject,
  );
  fc.assert(fc.property(route, (before) => assert.deepEqual(parseDocumentRoute(formatDocumentRoute(before)), before)));
});

test("a fragment that is cut off or not ours opens nothing", () => {
  for (const fragment of ["", "#", "#top", "#/doc/", "#/doc/%E0%A4%A", "#/doc/a/b/c"]) {
    assert.equal(parseDocumentRoute(fragment), undefined, fragment);
  }
});

test("a passage that ends before it starts is no passage", () => {
  assert.deepEqual(parseDocumentRoute("#/doc/a/9-3"), { id: "a", passage: undefined });
});

test("typing on rewrites the history entry; a search that was looked at, or a new filter, makes one", () => {
  const before = { ...emptyView, query: "key" };
  assert.equal(historyStep(before, { ...before, query: "keys" }, 80), "replace");
  assert.equal(historyStep(before, { ...before, query: "keys" }, settledAfterMs), "push");
  assert.equal(historyStep(before, { ...before, folder: "docs" }, 0), "push");
  assert.equal(historyStep(before, { ...before }, 9999), "none");
});

test("the request carries the filters of the view, and only what differs from the server's defaults", () => {
  assert.deepEqual(requestOf({ ...emptyView, query: "  keys " }, 10), {
    query: "keys",
    mode: "hybrid",
    limit: 10,
    offset: 0,
  });
  const narrowed = { query: "keys", folder: "docs", types: ["text/html"], mode: "lexical" as const, rerank: false };
  assert.deepEqual(requestOf(narrowed, 10), {
    query: "keys",
    mode: "lexical",
    limit: 10,
    offset: 0,
    rerank: false,
    filter: { folder: "docs", type: { in: ["text/html"] } },
  });
});

test("a query of spaces asks nothing", () => {
  assert.equal(requestOf({ ...emptyView, query: "  \t" }, 10), undefined);
});
