import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Calibration, calibrationDepth, placesIn } from "../../src/vectors/calibration.js";

const places = fc.array(fc.integer({ min: 1, max: calibrationDepth + 1 }), { minLength: 1, maxLength: 200 });
const recall = fc.double({ min: 0.5, max: 1, noNaN: true });

test("the candidates chosen for a recall reach it, and one fewer does not", () => {
  fc.assert(
    fc.property(places, recall, (places, recall) => {
      const calibration = new Calibration(places, 1, 1);
      const found = (candidates: number) => places.filter((place) => place <= candidates).length / places.length;
      const candidates = calibration.candidatesFor(recall);
      if (candidates === undefined) {
        assert.ok(found(calibrationDepth) < recall);
        return;
      }
      assert.equal(calibration.recallAt(candidates), found(candidates));
      assert.ok(found(candidates) >= recall);
      assert.ok(candidates === 10 || found(candidates - 1) < recall);
    }),
  );
});

test("the safe number of candidates is never the smaller one, and falls back to what was reached", () => {
  const calibration = new Calibration([...Array(99).fill(5), calibrationDepth + 1], 10, 100);
  assert.equal(calibration.safeCandidatesFor(0.99), 10);
  assert.equal(calibration.safeCandidatesFor(0.999), undefined);
  fc.assert(
    fc.property(places, recall, (places, recall) => {
      const calibration = new Calibration(places, 1, 1);
      const least = calibration.candidatesFor(recall);
      const safe = calibration.safeCandidatesFor(recall);
      assert.ok(least === undefined ? safe === undefined : safe !== undefined && safe >= least);
    }),
  );
});

test("places count from 1 without the query's own slot, and what is not there lies beyond the depth", () => {
  assert.deepEqual(placesIn(Uint32Array.of(7, 3, 9, 4), [4, 7, 9, 5], 3), [3, 1, 2, calibrationDepth + 1]);
});
