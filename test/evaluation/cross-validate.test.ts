import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { crossValidate, crossValidateFolds } from "../../src/evaluation/cross-validate.js";
import { randomBelow } from "../../src/evaluation/random.js";

test("a setting that is better on every query is chosen, and its scores are the held-out ones", () => {
  const standard = Array.from({ length: 40 }, (_, i) => (i % 5) / 10);
  const better = standard.map((score) => score + 0.1);
  const { chosen, heldOut, meanDifference, pValue } = crossValidate([standard, better], 0);
  assert.equal(chosen, 1);
  assert.deepEqual(heldOut, better);
  assert.ok(meanDifference > 0.09 && pValue < 0.001);
});

test("the standard stays where nothing is better, also where all are equal", () => {
  const standard = [0.2, 0.4, 0.6, 0.8, 1];
  const { chosen, heldOut, pValue } = crossValidate([standard.map((x) => x / 2), standard, standard], 1);
  assert.equal(chosen, 1);
  assert.deepEqual(heldOut, standard);
  assert.equal(pValue, 1);
});

test("no query's own score has a say in the setting that it is judged with", () => {
  // Each setting is perfect on one query and useless on all others: whoever peeked would score above the standard.
  const queries = 30;
  const settings = Array.from({ length: queries }, (_, lucky) =>
    Array.from({ length: queries }, (_, query) => (query === lucky ? 1 : 0)),
  );
  const standard = new Array<number>(queries).fill(0.02);
  const { heldOut } = crossValidate([standard, ...settings], 0, { folds: queries });
  assert.ok(heldOut.every((score) => score < 1));
});

test("law: no query has a say in its own choice, whatever the folds", () => {
  const score = fc.integer({ min: 0, max: 10 }).map((n) => n / 10);
  const cases = fc.integer({ min: 2, max: 15 }).chain((queries) => {
    const ofQueries = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: queries, maxLength: queries });
    return fc.tuple(
      fc.array(ofQueries(score), { minLength: 2, maxLength: 5 }),
      ofQueries(fc.nat({ max: 3 })),
      ofQueries(fc.integer({ min: 1, max: 5 })),
      ofQueries(score),
    );
  });
  fc.assert(
    fc.property(cases, ([scores, foldOf, weights, others]) => {
      const { choices } = crossValidateFolds(scores, 0, foldOf, { weights, permutations: 1 });
      const left = foldOf[0]!;
      // Whatever the queries of one fold had scored instead, its choice is the same.
      const changed = scores.map((ofQuery) => ofQuery.map((x, i) => (foldOf[i] === left ? others[i]! : x)));
      assert.equal(crossValidateFolds(changed, 0, foldOf, { weights, permutations: 1 }).choices[left], choices[left]);
    }),
  );
});

test("law: among settings that differ by chance alone, one is found better no more often than chance has it", () => {
  const trials = 1000;
  let found = 0;
  for (let seed = 1; seed <= trials; seed++) {
    const below = randomBelow(seed);
    const noise = Array.from({ length: 12 }, () => Array.from({ length: 30 }, () => below(1000) / 1000));
    const { meanDifference, pValue } = crossValidate(noise, 0, { seed, permutations: 200 });
    if (meanDifference > 0 && pValue < 0.05) found++;
  }
  // Of fair tests at 5 of 100 one in fifty comes to 64 of 1,000.
  assert.ok(found < 64, `${found} of ${trials}`);
});
