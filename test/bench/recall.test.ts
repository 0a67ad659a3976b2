import assert from "node:assert/strict";
import { test } from "node:test";
import { noRow } from "../../bench/vectors/process-protocol.js";
import { scoreFound } from "../../bench/vectors/recall.js";

const truth = { rows: Uint32Array.of(4, 9, 2, 7, 5), scores: Float64Array.of(0.9, 0.8, 0.7, 0.7, 0.3) };
const never = () => {
  throw new Error("not asked");
};
const score = (...found: number[]) => scoreFound(truth, Uint32Array.from(found), never, never);

test("the true nearest count in any order, others do not", () => {
  assert.deepEqual(score(9, 4), { right: 2, wanted: 2 });
  assert.deepEqual(score(4, 2), { right: 1, wanted: 2 });
  assert.deepEqual(score(5, 1), { right: 0, wanted: 2 });
});

test("a row that ties with the last of the true nearest is right", () => {
  assert.deepEqual(score(4, 9, 7), { right: 3, wanted: 3 });
});

test("a row given twice counts once, and too few rows are too few", () => {
  assert.deepEqual(score(4, 4), { right: 1, wanted: 2 });
  assert.deepEqual(score(4, noRow), { right: 1, wanted: 2 });
});

test("where a filter leaves fewer rows than k, those are wanted", () => {
  assert.deepEqual(score(2, 4, 5, 7, 9, noRow, noRow), { right: 5, wanted: 5 });
});

test("where the truth ends in a tie, a row that it does not list is looked at, unless the filter bars it", () => {
  const tied = { rows: Uint32Array.of(1, 2), scores: Float64Array.of(0.5, 0.5) };
  const found = Uint32Array.of(1, 3);
  const right = (isAllowed: boolean, similarity: number) =>
    scoreFound(
      tied,
      found,
      () => isAllowed,
      () => similarity,
    ).right;
  assert.equal(right(true, 0.5), 2);
  assert.equal(right(true, 0.4), 1);
  assert.equal(right(false, 0.5), 1);
});

test("nothing to find is nothing wanted", () => {
  const none = { rows: new Uint32Array(0), scores: new Float64Array(0) };
  assert.deepEqual(scoreFound(none, Uint32Array.of(3), never, never), { right: 0, wanted: 0 });
});
