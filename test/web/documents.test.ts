// The page of the documents: its address, the filter that what is typed becomes, and the page of the list that is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { evaluateFilter, type FilteredDocument, parseFilter } from "../../src/filters/index.js";
import type { DocumentPage, DocumentSummary } from "../../src/web/api/documents.js";
import {
  nextAfter,
  pageBefore,
  pageCount,
  shownRange,
  withoutDocument,
} from "../../src/web/documents/document-listing.js";
import type { DocumentsView } from "../../src/web/documents/documents-view.js";
import {
  allDocuments,
  documentsFragment,
  filterOf,
  parseDocumentsView,
} from "../../src/web/documents/documents-view.js";
import { pageOf, parametersOf } from "../../src/web/routing/pages.js";

const text = fc.string({ minLength: 1, unit: "grapheme" });
const view: fc.Arbitrary<DocumentsView> = fc.record(
  {
    find: fc.string({ unit: "grapheme" }),
    folder: fc.option(text, { nil: undefined }),
    types: fc.uniqueArray(text, { maxLength: 3 }).map((types) => types.sort()),
    page: fc.integer({ min: 1, max: 1000 }),
    id: fc.option(text, { nil: undefined }),
  },
  { noNullPrototype: true },
);

test("a list read back from its address is the same list", () => {
  fc.assert(
    fc.property(view, (before) => {
      const fragment = documentsFragment(before);
      assert.equal(pageOf(fragment), "documents");
      assert.deepEqual(parseDocumentsView(parametersOf(fragment)), before);
    }),
  );
  assert.equal(documentsFragment(allDocuments), "#/documents");
});

test("an address that makes no sense is the whole list", () => {
  for (const page of ["0", "-1", "1.5", "two", "1e99"]) {
    assert.deepEqual(parseDocumentsView(new URLSearchParams({ page, type: "", folder: "", id: "" })), allDocuments);
  }
});

const finds = (find: string, document: Partial<FilteredDocument>) => {
  const filter = filterOf({ ...allDocuments, find });
  assert.ok(filter !== undefined);
  return evaluateFilter(parseFilter(filter), { id: "", title: "", type: "text/plain", metadata: {}, ...document });
};

test("what is typed finds the ids, paths and titles that begin with it, and the server takes it whatever it is", () => {
  const typed = fc.string({ minLength: 1, unit: "grapheme" }).filter((find) => find.trim() !== "");
  fc.assert(
    fc.property(typed, fc.string({ unit: "grapheme" }), fc.constantFrom("id", "path", "title"), (find, rest, field) => {
      assert.ok(finds(find, { [field]: find.trim() + rest }));
    }),
  );
  assert.ok(finds("guides/ro", { path: "guides/rotating-keys.md" }));
  assert.ok(finds("rotating", { title: "Rotating the signing keys" }));
  assert.ok(finds("Rotating", { title: "rotating the signing keys" }));
  assert.ok(!finds("keys", { path: "guides/rotating-keys.md", title: "Rotating the signing keys" }));
});

test("a field and its value find what the metadata says, as a text, a number or a truth", () => {
  assert.ok(finds("team:infra", { metadata: { team: "infra" } }));
  assert.ok(finds("team: infra", { metadata: { team: ["web", "infra"] } }));
  assert.ok(finds("year:2024", { metadata: { year: 2024 } }));
  assert.ok(finds("year:2024", { metadata: { year: "2024" } }));
  assert.ok(finds("draft:true", { metadata: { draft: true } }));
  assert.ok(!finds("draft:true", { metadata: { draft: false } }));
  assert.ok(finds("type:text/plain", {}));
  assert.ok(finds("https://example.org/a", { id: "https://example.org/a/b" }), "an id may have a colon too");
});

test("a date finds what was changed in its year, month or day; one that does not exist is no error", () => {
  const modifiedAtMs = Date.UTC(2024, 1, 29, 12);
  for (const date of ["2024", "2024-02", "2024-02-29"]) assert.ok(finds(`modifiedAt:${date}`, { modifiedAtMs }), date);
  for (const date of ["2023", "2024-2", "2024-02-30", "2024-13", "yesterday"]) {
    assert.ok(!finds(`modifiedAt:${date}`, { modifiedAtMs }), date);
  }
});

test("folder, types and text narrow together; without any of them nothing is filtered", () => {
  assert.equal(filterOf({ ...allDocuments, find: "  ", page: 3, id: "a" }), undefined);
  assert.deepEqual(filterOf({ ...allDocuments, folder: "guides" }), { folder: "guides" });
  const narrowed = filterOf({ ...allDocuments, find: "gui", folder: "guides", types: ["text/html"] });
  assert.ok(narrowed !== undefined);
  const matches = (type: string, path: string) =>
    evaluateFilter(parseFilter(narrowed), { id: path, path, type, title: "", metadata: {} });
  assert.ok(matches("text/html", "guides/a"));
  assert.ok(!matches("text/plain", "guides/a"));
  assert.ok(!matches("text/html", "notes/a"));
});

const document = (id: string) => ({ id, title: id }) as DocumentSummary;
const page = (ids: string[], total: number, offset = 0): DocumentPage => ({
  documents: ids.map(document),
  total,
  offset,
  limit: 3,
});

test("a deleted document leaves the page, the one after it is next, and at the end the one before", () => {
  const before = page(["a", "b", "c"], 7);
  const after = withoutDocument(before, "b");
  assert.deepEqual(after, page(["a", "c"], 6));
  assert.equal(nextAfter(after, 1), "c");
  assert.equal(nextAfter(withoutDocument(before, "c"), 2), "b");
  assert.equal(nextAfter(page([], 0), 0), undefined);
  assert.equal(withoutDocument(before, "elsewhere"), before);
});

test("a page says where it stands, and one that was emptied leads to the last there is", () => {
  assert.deepEqual(shownRange(page(["d", "e"], 5, 3)), { first: 4, last: 5 });
  assert.deepEqual(
    [0, 3, 4].map((total) => pageCount(page([], total))),
    [1, 1, 2],
  );
  assert.equal(pageBefore(page([], 6, 6), 3), 2);
  assert.equal(pageBefore(page(["g"], 7, 6), 3), undefined);
  assert.equal(pageBefore(page([], 0), 1), undefined);
  assert.equal(pageBefore(page([], 6, 6), 9), undefined, "the answer is to another page");
});
