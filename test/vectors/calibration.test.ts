import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Calibration, calibrationDepth, PlaceCurve, placesIn } from "../../src/vectors/calibration.js";

const places = fc.array(fc.integer({ min: 1, max: calibrationDepth + 1 }), { minLength: 1, maxLength: 200 });
const recall = fc.double({ min: 0.5, max: 1, noNaN: true });

test("the candidates chosen for a recall reach it, and one fewer does not", () => {
  fc.assert(
    fc.property(places, recall, (places, recall) => {
      const curve = new PlaceCurve(10, places);
      const found = (candidates: number) => places.filter((place) => place <= candidates).length / places.length;
      const candidates = curve.candidatesFor(recall);
      if (candidates === undefined) {
        assert.ok(found(calibrationDepth) < recall);
        return;
      }
      assert.equal(curve.recallAt(candidates), found(candidates));
      assert.ok(found(candidates) >= recall);
      assert.ok(candidates === 10 || found(candidates - 1) < recall);
    }),
  );
});

test("the safe number of candidates is never the smaller one, and falls back to what was reached", () => {
  const curve = new PlaceCurve(10, [...Array(99).fill(5), calibrationDepth + 1]);
  assert.equal(curve.safeCandidatesFor(0.99), 10);
  assert.equal(curve.safeCandidatesFor(0.999), undefined);
  fc.assert(
    fc.property(places, recall, (places, recall) => {
      const curve = new PlaceCurve(10, places);
      const least = curve.candidatesFor(recall);
      const safe = curve.safeCandidatesFor(recall);
      assert.ok(least === undefined ? safe === undefined : safe !== undefined && safe >= least);
    }),
  );
});

test("places count from 1 without the query's own slot, and what is not there lies beyond the depth", () => {
  assert.deepEqual(placesIn(Uint32Array.of(7, 3, 9, 4), [4, 7, 9, 5], 3), [3, 1, 2, calibrationDepth + 1]);
});

test("candidates never fall as more results are asked for, and meet what was measured at 10 and at 100", () => {
  const calibration = new Calibration(new PlaceCurve(10, [3, 140]), new PlaceCurve(100, [50, 520]), 1, 1);
  const candidates = (k: number) => calibration.oversamplingFor(0.99, k)! * k;
  for (const [k, expected] of [
    [1, 140],
    [10, 140],
    [100, 520],
    [200, 1040],
  ] as const) {
    assert.ok(Math.abs(candidates(k) - expected) < 1e-9);
  }
  for (let k = 2; k <= 300; k++) assert.ok(candidates(k) >= candidates(k - 1) - 1e-9);
});

test("where many results were not found, each takes as many candidates as each of few", () => {
  const lost = new PlaceCurve(100, [calibrationDepth + 1]);
  assert.equal(new Calibration(new PlaceCurve(10, [50]), lost, 1, 1).oversamplingFor(0.99, 100), 5);
  assert.equal(new Calibration(lost, lost, 1, 1).oversamplingFor(0.99, 100), undefined);
});
