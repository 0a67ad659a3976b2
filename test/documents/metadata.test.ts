import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { checkMetadata } from "../../src/documents/metadata.js";

const refused = (value: unknown, message: RegExp) =>
  assert.throws(() => checkMetadata(value), { name: "LodestoneError", code: "INVALID_INPUT", message });

test("scalars and lists of scalars are kept", () => {
  const metadata = { year: 2024, draft: false, tags: ["a", "b"], mixed: ["x", 1, true], name: "Ada" };
  assert.deepEqual(checkMetadata(metadata), metadata);
});

test("null, undefined and empty lists are dropped", () => {
  assert.deepEqual(checkMetadata({ a: null, b: undefined, c: [], d: [null] }), {});
});

test("nested objects become dotted fields, and a list of objects a list per field", () => {
  assert.deepEqual(checkMetadata({ author: { name: "Ada", born: { year: 1815 } } }), {
    "author.name": "Ada",
    "author.born.year": 1815,
  });
  assert.deepEqual(checkMetadata({ authors: [{ name: "Ada" }, { name: "Charles", tags: ["x"] }] }), {
    "authors.name": ["Ada", "Charles"],
    "authors.tags": ["x"],
  });
});

test("a dotted name and a nested field of the same name are joined, not lost", () => {
  assert.deepEqual(checkMetadata({ "a.b": 1, a: { b: 2 } }), { "a.b": [1, 2] });
});

test("dates become ISO strings; strings are normalised", () => {
  assert.deepEqual(checkMetadata({ at: new Date(0), name: " cafe\u0301\u200b " }), {
    at: "1970-01-01T00:00:00.000Z",
    name: "café",
  });
});

test("what is not an object of fields is refused", () => {
  for (const value of [null, undefined, 1, "x", [], () => 0]) refused(value, /must be an object of fields/);
});

test("numbers that are not finite are refused by name", () => {
  refused({ score: Number.NaN }, /"score".*found NaN/);
  refused({ deep: { score: Number.POSITIVE_INFINITY } }, /"deep\.score".*found Infinity/);
  refused({ list: [1, Number.NaN] }, /"list".*found NaN/);
});

test("values of other kinds are refused", () => {
  refused({ x: 1n }, /"x".*bigint/);
  refused({ x: () => 0 }, /"x".*function/);
  refused({ x: new Map() }, /"x".*object/);
  refused({ x: new Date(Number.NaN) }, /"x".*invalid date/);
  refused({ x: [[1]] }, /"x" holds a list within a list/);
});

test("nesting past eight levels is refused, however deep it goes", () => {
  let deep: Record<string, unknown> = { leaf: 1 };
  for (let level = 0; level < 100_000; level++) deep = { a: deep };
  refused(deep, /8 levels deep/);
  let allowed: Record<string, unknown> = { leaf: 1 };
  for (let level = 0; level < 7; level++) allowed = { a: allowed };
  assert.deepEqual(checkMetadata(allowed), { "a.a.a.a.a.a.a.leaf": 1 });
});

test("names that are empty or over 200 characters are refused", () => {
  refused({ "": 1 }, /empty name/);
  refused({ ["k".repeat(201)]: 1 }, /200 characters.*has 201/);
  assert.deepEqual(checkMetadata({ ["k".repeat(200)]: 1 }), { ["k".repeat(200)]: 1 });
});

test("more than 64 kB in all is refused with its size", () => {
  refused({ a: "x".repeat(70_000) }, /64 kB.*takes 70008/);
});

test("a field named __proto__ is a field like any other", () => {
  const metadata = checkMetadata(JSON.parse('{"__proto__": {"polluted": true}, "x": 1}'));
  assert.deepEqual(Object.entries(metadata), [
    ["__proto__.polluted", true],
    ["x", 1],
  ]);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("anything at all is either refused as invalid input or comes out flat, and checking it again changes nothing", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      let metadata: ReturnType<typeof checkMetadata>;
      try {
        metadata = checkMetadata(value);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "INVALID_INPUT");
        return;
      }
      assert.deepEqual(checkMetadata(metadata), metadata);
      assert.deepEqual(JSON.parse(JSON.stringify(metadata)), metadata);
    }),
  );
});
