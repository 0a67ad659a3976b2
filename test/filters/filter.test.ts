import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { type Filter, type FilterNode, parseFilter } from "../../src/filters/filter.js";
import { evaluateFilter, type FilteredDocument } from "../../src/filters/filter-evaluation.js";

const paper: FilteredDocument = {
  id: "paper-1",
  title: "Heat transfer in slabs",
  type: "text/markdown",
  path: "notes/physics/heat.md",
  modifiedAtMs: Date.UTC(2024, 4, 31, 22, 15),
  metadata: { year: 1961, tags: ["heat", "slab"], draft: false, edition: "2" },
};
const bare: FilteredDocument = { id: "bare", title: "", type: "text/plain", metadata: {} };

const holds = (filter: unknown, document = paper) => evaluateFilter(parseFilter(filter), document);

function refused(filter: unknown): string {
  try {
    parseFilter(filter);
  } catch (error) {
    assert.ok(error instanceof LodestoneError && error.code === "FILTER_INVALID", String(error));
    return error.message;
  }
  return assert.fail(`accepted ${JSON.stringify(filter)}`);
}

test("a bare value means eq; several fields must all hold", () => {
  assert.deepEqual(parseFilter({ year: 1961 }), { kind: "eq", field: "year", value: 1961 });
  assert.equal(holds({ year: 1961, type: "text/markdown" }), true);
  assert.equal(holds({ year: 1961, type: "text/plain" }), false);
  assert.equal(holds({}), true);
});

test("and, or, not nest and stand beside fields", () => {
  const filter: Filter = {
    or: [{ year: { lt: 1900 } }, { and: [{ tags: "slab" }, { not: { draft: true } }] }],
    draft: false,
  };
  assert.equal(holds(filter), true);
  assert.equal(holds({ or: [] }), false);
  assert.equal(holds({ and: [] }), true);
});

test("texts, numbers and booleans never equal each other", () => {
  assert.equal(holds({ edition: 2 }), false);
  assert.equal(holds({ edition: "2" }), true);
  assert.equal(holds({ draft: "false" }), false);
  assert.equal(holds({ year: { in: ["1961", 1961] } }), true);
});

test("an array matches when one element does; ne and not hold when none does, also for a missing field", () => {
  assert.equal(holds({ tags: "slab" }), true);
  assert.equal(holds({ tags: { ne: "slab" } }), false);
  assert.equal(holds({ tags: { ne: "wing" } }), true);
  assert.equal(holds({ tags: { ne: "wing" } }, bare), true);
  assert.equal(holds({ tags: { gte: "s" } }), true);
});

test("exists asks for the field itself", () => {
  assert.equal(holds({ draft: { exists: true } }), true);
  assert.equal(holds({ draft: { exists: false } }), false);
  assert.equal(holds({ path: { exists: false } }, bare), true);
  assert.equal(holds({ folder: { exists: true } }, { ...bare, path: "heat.md" }), false);
  assert.equal(holds({ toString: { exists: true } }), false);
});

test("ranges compare numbers with numbers and texts with texts, by code point", () => {
  assert.equal(holds({ year: { gt: 1960, lte: 1961 } }), true);
  assert.equal(holds({ year: { gt: 1961 } }), false);
  assert.equal(holds({ year: { gte: "1" } }), false);
  assert.equal(holds({ edition: { gte: 1 } }), false);
  // U+FF5E comes before U+1F600, though its UTF-16 unit is the larger one.
  assert.equal(holds({ mark: { gt: "\uff5e" } }, { ...bare, metadata: { mark: "\u{1f600}" } }), true);
});

test("a folder holds everything below it, and nothing that only begins with its letters", () => {
  for (const folder of ["notes", "notes/", "./notes/physics", "notes/physics//", "", "/", "./"]) {
    assert.equal(holds({ folder }), true, folder);
  }
  for (const folder of ["note", "notes/phys", "notes/physics/heat.md", "physics"]) {
    assert.equal(holds({ folder }), false, folder);
  }
  assert.equal(holds({ folder: "" }, bare), false);
  assert.equal(holds({ folder: { in: ["elsewhere", "notes/"] } }), true);
});

test("a year, a month or a day of modifiedAt is the whole of it, in UTC", () => {
  for (const date of [
    "2024",
    "2024-05",
    "2024-05-31",
    "2024-05-31T22:15:00Z",
    "2024-06-01T00:15:00+02:00",
    "2024-05-31T22:15",
  ]) {
    assert.equal(holds({ modifiedAt: date }), true, date);
    assert.equal(holds({ modifiedAt: { lte: date } }), true, `lte ${date}`);
    assert.equal(holds({ modifiedAt: { gte: date } }), true, `gte ${date}`);
    assert.equal(holds({ modifiedAt: { lt: date } }), false, `lt ${date}`);
    assert.equal(holds({ modifiedAt: { gt: date } }), false, `gt ${date}`);
  }
  assert.equal(holds({ modifiedAt: { gt: "2024-05-30", lt: "2024-06" } }), true);
  assert.equal(holds({ modifiedAt: { in: ["1999", "2024-05"] } }), true);
  assert.deepEqual(parseFilter({ modifiedAt: 5 }), { kind: "eq", field: "modifiedAt", value: 5 });
  assert.deepEqual(parseFilter({ modifiedAt: "0099-12" }), {
    kind: "range",
    field: "modifiedAt",
    gte: Date.parse("0099-12-01T00:00:00Z"),
    lt: Date.parse("0100-01-01T00:00:00Z"),
  });
  assert.equal(holds({ modifiedAt: "2024" }, bare), false);
});

test("errors name the place, what was expected, what was found and the nearest operator", () => {
  assert.equal(
    refused({ and: [{ year: { exist: true } }] }),
    'The filter is not valid at "filter.and[0].year". Expected one of eq, ne, in, gt, gte, lt, lte, exists; found "exist". ' +
      'Did you mean "exists"?',
  );
  assert.match(refused({ year: { $gte: 5 } }), /Did you mean "gte"/);
  assert.match(refused({ year: null }), /found null. For documents without the field write \{"exists": false\}/);
  assert.match(refused({ tags: ["a"] }), /found a list. For one of several values write \{"in": \[...\]\}/);
  assert.match(refused("year = 5"), /Expected a condition such as .*; found "year = 5"/);
  assert.match(refused({ or: { year: 1 } }), /at "filter.or". Expected a list of conditions; found an object/);
  assert.match(refused({ year: {} }), /Expected at least one of eq, ne/);
  assert.match(refused({ year: { in: 5 } }), /Expected a list of values; found 5/);
  assert.match(refused({ year: { in: [1, [2]] } }), /at "filter.year.in\[1\]".*found a list/);
  assert.match(refused({ year: { exists: "yes" } }), /Expected true or false; found "yes"/);
  assert.match(refused({ year: { gt: 1, lt: "9" } }), /Expected bounds of one kind/);
  assert.match(refused({ year: { gt: true } }), /Expected a number or a text; found true/);
  assert.match(refused({ year: Number.NaN }), /found NaN/);
  assert.match(refused({ title: 5 }), /Expected a text, for "title" is one; found 5/);
  assert.match(refused({ path: { gt: 5 } }), /Expected a text, for "path" is one; found 5/);
  assert.match(refused({ folder: { gt: "a" } }), /Expected eq, ne, in or exists for "folder"; found "gt"/);
  assert.match(refused({ "": 1 }), /Expected the name of a field/);
  for (const date of ["yesterday", "2024-13", "2023-02-29", "2024-5-1", "2024-05-31T25:00Z", true, 1.5]) {
    assert.match(refused({ modifiedAt: { gte: date } }), /Expected a date such as/);
  }
});

test("depth, conditions and values have limits", () => {
  const nested = (depth: number): unknown => (depth === 0 ? { year: 1 } : { not: nested(depth - 1) });
  assert.equal(typeof parseFilter(nested(19)), "object");
  assert.match(refused(nested(20)), /Filters nest at most 20 deep/);
  const listOf = (count: number) => Array.from({ length: count }, (_, i) => i);
  assert.equal((parseFilter({ year: { in: listOf(1000) } }) as FilterNode & { kind: "in" }).values.length, 1000);
  assert.match(refused({ year: { in: listOf(1001) } }), /Expected at most 1000 values; found 1001/);
  assert.match(refused({ or: listOf(501).map((year) => ({ year })) }), /at most 500 conditions/);
  assert.match(refused({ or: listOf(501).map(() => ({})) }), /at most 500 conditions/);
  assert.match(refused({ folder: { in: listOf(501).map(String) } }), /at most 500 conditions/);
  assert.match(refused({ or: listOf(11).map(() => ({ year: { in: listOf(1000) } })) }), /at most 10000 values in all/);
});

test("law: not turns every answer around, and De Morgan's rule holds", () => {
  const scalar = fc.oneof(
    fc.constantFrom("heat", "slab", "2", "", "text/markdown", "notes"),
    fc.constantFrom(1961, 2, -1),
    fc.boolean(),
  );
  const field = fc.constantFrom("year", "tags", "draft", "edition", "missing");
  const leaf = fc.oneof(
    fc.tuple(field, scalar).map(([name, value]) => ({ [name]: value })),
    fc.tuple(field, fc.array(scalar, { maxLength: 3 })).map(([name, values]) => ({ [name]: { in: values } })),
    fc.tuple(field, fc.constantFrom(1900, 1961, 2000)).map(([name, value]) => ({ [name]: { gte: value, ne: 1961 } })),
    field.map((name) => ({ [name]: { exists: true } })),
  );
  fc.assert(
    fc.property(leaf, leaf, fc.constantFrom(paper, bare), (a, b, document) => {
      assert.equal(holds({ not: a }, document), !holds(a, document));
      assert.equal(holds({ not: { or: [a, b] } }, document), holds({ and: [{ not: a }, { not: b }] }, document));
      assert.equal(holds({ not: { and: [a, b] } }, document), holds({ or: [{ not: a }, { not: b }] }, document));
    }),
  );
});

test("law: anything at all is either a filter or FILTER_INVALID", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        assert.equal(typeof evaluateFilter(parseFilter(value), paper), "boolean");
      } catch (error) {
        assert.ok(error instanceof LodestoneError && error.code === "FILTER_INVALID", String(error));
      }
    }),
    { numRuns: 500 },
  );
});
