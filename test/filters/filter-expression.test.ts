import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { parseFilter } from "../../src/filters/filter.js";
import { parseFilterExpression } from "../../src/filters/filter-expression.js";

test("each form reads as the filter that it says", () => {
  const forms: [string, unknown][] = [
    ["type = text/markdown", { type: "text/markdown" }],
    ["key=value", { key: "value" }],
    ["key==value", { key: "value" }],
    ["author = Ada Lovelace", { author: "Ada Lovelace" }],
    ["formula = a=b>c", { formula: "a=b>c" }],
    ["status != done", { not: { status: "done" } }],
    ["year>=2020", { year: { gte: 2020 } }],
    ["year < -1.5e3", { year: { lt: -1500 } }],
    ["modifiedAt >= 2024-05", { modifiedAt: { gte: "2024-05" } }],
    ["modifiedAt > 2024", { modifiedAt: { gt: "2024" } }],
    ["tags in a,b", { tags: { in: ["a", "b"] } }],
    ["tags IN a , 'b, c' ,\"d\"", { tags: { in: ["a", "b, c", "d"] } }],
    ["tags not in a", { not: { tags: { in: ["a"] } } }],
    ["draft exists", { draft: { exists: true } }],
    ["draft not exists", { draft: { exists: false } }],
    ['"Release Year" > 2000', { "Release Year": { gt: 2000 } }],
    ["in = exists", { in: "exists" }],
    ["größe = 5 cm", { größe: "5 cm" }],
  ];
  for (const [expression, filter] of forms) assert.deepEqual(parseFilterExpression(expression), filter, expression);
});

test("a bare number or boolean equals itself and the same text; in quotes it is a text", () => {
  assert.deepEqual(parseFilterExpression("version = 1.0"), { version: { in: [1, "1.0"] } });
  assert.deepEqual(parseFilterExpression("draft = true"), { draft: { in: [true, "true"] } });
  assert.deepEqual(parseFilterExpression("year in 2020,2021"), { year: { in: [2020, "2020", 2021, "2021"] } });
  assert.deepEqual(parseFilterExpression("version = '1.0'"), { version: "1.0" });
  assert.deepEqual(parseFilterExpression('name = ""'), { name: "" });
  assert.deepEqual(parseFilterExpression("title = 1984"), { title: "1984" });
});

test("several expressions must all hold", () => {
  assert.deepEqual(parseFilterExpression(["a = x", "b exists"]), { and: [{ a: "x" }, { b: { exists: true } }] });
  assert.deepEqual(parseFilterExpression(["a = x"]), { a: "x" });
});

test("what is not understood is refused with the reason and examples", () => {
  const refused = (expression: string, reason: RegExp) =>
    assert.throws(
      () => parseFilterExpression(expression),
      (error) =>
        error instanceof LodestoneError &&
        error.code === "FILTER_INVALID" &&
        reason.test(error.message) &&
        error.message.includes("type = text/markdown"),
      expression,
    );
  for (const expression of ["", "year", "year 2020", "= 5", ">= 5", "a b c"])
    refused(expression, /none of these forms/);
  refused("year >=", /a value is missing after ">="/);
  refused("tags in a,,b", /an empty value/);
  refused("tags in a,", /an empty value/);
  refused("tags in 'a' b", /not values with commas between/);
});

test("law: whatever is accepted is a filter that the engine accepts, save dates and folders that do not exist", () => {
  const expression = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.stringMatching(/^[a-zA-Z ]{1,6}$/),
        fc.constantFrom("=", "!=", ">", "<=", " in ", " exists"),
        fc.string(),
      )
      .map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(expression, (text) => {
      try {
        parseFilter(parseFilterExpression(text));
      } catch (error) {
        assert.ok(error instanceof LodestoneError && error.code === "FILTER_INVALID", String(error));
      }
    }),
    { numRuns: 500 },
  );
});
