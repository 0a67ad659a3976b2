import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recallScale } from "../../bench/report/recall-scale.js";
import { linearScale, logScale, rangeScale, type Scale, spread } from "../../src/report/index.js";

const positives = fc.array(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });
const recalls = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });

function isOrderedWithin({ at, ticks }: Scale, values: number[], from: number, to: number): void {
  const places = values.toSorted((a, b) => a - b).map(at);
  for (const [i, place] of places.entries()) {
    assert.ok(place >= from - 1e-9 && place <= to + 1e-9, `${place} lies outside`);
    assert.ok(i === 0 || place >= places[i - 1]! - 1e-9, "a larger value lies before a smaller one");
  }
  const ticksAt = ticks.map(({ value }) => at(value));
  assert.ok(ticks.length >= 2);
  assert.deepEqual(
    ticksAt,
    ticksAt.toSorted((a, b) => a - b),
  );
}

test("every scale keeps values in their order and between its ends", () => {
  fc.assert(
    fc.property(positives, (values) => {
      isOrderedWithin(logScale(values, 10, 90, String), values, 10, 90);
      isOrderedWithin(linearScale(values, 10, 90, String), values, 10, 90);
    }),
  );
  fc.assert(
    fc.property(recalls, fc.integer({ min: 10, max: 100_000 }), (values, answers) => {
      isOrderedWithin(recallScale(values, answers, 10, 90), values, 10, 90);
    }),
  );
});

test("a value just below a power of ten, and a recall that few answers can barely tell from 1, have two ticks", () => {
  isOrderedWithin(logScale([999999.999999999], 10, 90, String), [999999.999999999], 10, 90);
  isOrderedWithin(recallScale([0.95], 10, 10, 90), [0.95], 10, 90);
});

test("a logarithmic scale gives the same ratio the same length", () => {
  const { at } = logScale([1, 1000], 0, 300, String);
  assert.ok(Math.abs(at(10) - at(1) - (at(1000) - at(100))) < 1e-9);
});

test("recall is drawn by what is missing: as far from 0.9 to 0.99 as from 0.99 to 0.999", () => {
  const { at } = recallScale([0.85, 1], 100_000, 0, 300);
  assert.ok(Math.abs(at(0.99) - at(0.9) - (at(0.999) - at(0.99))) < 1e-9);
  assert.equal(at(1), 300);
});

test("labels that are moved apart stay in order, near their places and within the plot", () => {
  const wanted = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 15 });
  fc.assert(
    fc.property(wanted, (places) => {
      const spreadOut = spread(places, 15, 0, 300);
      const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
      for (const [n, i] of order.entries()) {
        assert.ok(spreadOut[i]! <= 300 && spreadOut[i]! >= -1e-9);
        if (n > 0) assert.ok(spreadOut[i]! - spreadOut[order[n - 1]!]! >= 15 - 1e-9);
      }
    }),
  );
  assert.deepEqual(spread([10, 100], 15, 0, 300), [10, 100]);
});

test("a range scale holds every value between round ends, and may begin far from 0", () => {
  fc.assert(
    fc.property(recalls, (values) => {
      const scale = rangeScale(values, 0, 100, String);
      isOrderedWithin(scale, values, 0, 100);
      assert.ok(scale.ticks.length >= 2 && scale.ticks.length <= 7, `${scale.ticks.length} ticks`);
    }),
  );
  assert.deepEqual(
    rangeScale([0.551, 0.57], 0, 100, String).ticks.map(({ label }) => label),
    ["0.55", "0.555", "0.56", "0.565", "0.57"],
  );
});
