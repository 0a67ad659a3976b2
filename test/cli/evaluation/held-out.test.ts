import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { heldOut } from "../../../src/cli/evaluation/held-out.js";

const variants = ["base", "a", "b"];
const times = (count: number, value: number) => new Array<number>(count).fill(value);

test("a collection is measured with what is best on the others, not with what is best on it", () => {
  const collections = [
    { name: "x", scores: [times(4, 0.5), times(4, 0.6), times(4, 1)] },
    { name: "y", scores: [times(2, 0.5), times(2, 0.7), times(2, 0.4)] },
    { name: "z", scores: [times(2, 0.5), times(2, 0.7), times(2, 0.4)] },
  ];
  const found = heldOut(collections, variants, { by: "collections", folds: 5 });
  assert.deepEqual(found.choices, [
    { leftOut: "x", variant: "a" },
    { leftOut: "y", variant: "b" },
    { leftOut: "z", variant: "b" },
  ]);
  assert.deepEqual(
    found.values.map((value) => value.toFixed(3)),
    ["0.600", "0.400", "0.400"],
  );
  assert.equal(found.difference.toFixed(4), "-0.0333");
});

test("collections count alike when one is chosen, however many queries they have", () => {
  const collections = [
    { name: "large", scores: [times(100, 0.5), times(100, 0.52), times(100, 0.5)] },
    { name: "small", scores: [times(10, 0.5), times(10, 0.4), times(10, 0.6)] },
  ];
  const { choices, values } = heldOut(collections, variants, { by: "queries", folds: 2 });
  assert.deepEqual(choices, [
    { leftOut: "fold 1", variant: "b" },
    { leftOut: "fold 2", variant: "b" },
  ]);
  assert.deepEqual(
    values.map((value) => value.toFixed(3)),
    ["0.500", "0.600"],
  );
});

test("law: what is held out is never better than the best variant of each query, and the base alone is the base", () => {
  const score = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);
  const collection = fc
    .integer({ min: 3, max: 12 })
    .chain((queries) =>
      fc.array(fc.array(score, { minLength: queries, maxLength: queries }), { minLength: 3, maxLength: 3 }),
    );
  fc.assert(
    fc.property(
      fc.array(collection, { minLength: 2, maxLength: 4 }),
      fc.constantFrom("queries" as const, "collections" as const),
      (all, by) => {
        const collections = all.map((scores, i) => ({ name: String(i), scores }));
        const found = heldOut(collections, variants, { by, folds: 3 });
        for (const [i, { scores }] of collections.entries()) {
          const best = scores[0]!.map((_, query) => Math.max(...scores.map((ofQuery) => ofQuery[query]!)));
          assert.ok(found.values[i]! <= best.reduce((sum, x) => sum + x, 0) / best.length + 1e-9);
        }
        const alone = collections.map(({ name, scores }) => ({ name, scores: scores.slice(0, 1) }));
        const base = heldOut(alone, ["base"], { by, folds: 3 });
        assert.deepEqual([base.difference, base.pValue], [0, 1]);
      },
    ),
  );
});

test("what cannot be held out is refused", () => {
  const one = [{ name: "x", scores: [times(4, 0.5), times(4, 0.6)] }];
  assert.throws(() => heldOut(one, variants, { by: "collections", folds: 2 }), /two collections or more; found one/);
  assert.throws(() => heldOut(one, variants, { by: "queries", folds: 5 }), /5 folds take as many queries; found 4/);
});
