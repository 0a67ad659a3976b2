import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Calibration, calibrationDepth, placesIn, RecallCurve } from "../../src/vectors/calibration.js";

const seen = (k: number, ...places: number[]) =>
  new RecallCurve(
    k,
    places.map((place) => ({ place, gap: -Infinity })),
  );

const places = fc.array(fc.integer({ min: 1, max: calibrationDepth + 1 }), { minLength: 1, maxLength: 200 });
const recall = fc.double({ min: 0.5, max: 1, noNaN: true });

test("the candidates chosen for a recall reach it, and one fewer does not", () => {
  fc.assert(
    fc.property(places, recall, (places, recall) => {
      const curve = seen(10, ...places);
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

test("reach and candidates chosen for a recall get it together, and neither can be spared", () => {
  const sighting = fc.record({
    place: fc.integer({ min: 1, max: calibrationDepth + 1 }),
    gap: fc.oneof(fc.constant(-Infinity), fc.integer({ min: -20, max: 500 })),
  });
  fc.assert(
    fc.property(
      fc.array(sighting, { minLength: 1, maxLength: 200 }),
      recall,
      fc.nat(20),
      (sightings, recall, price) => {
        const curve = new RecallCurve(10, sightings);
        const setting = curve.settingFor(recall, ({ candidates, reach }) => candidates + price * Math.max(reach, 0));
        if (!setting) {
          assert.equal(curve.candidatesFor(recall), undefined);
          return;
        }
        const { candidates, reach } = setting;
        assert.ok(curve.recallAt(candidates, reach) >= recall);
        assert.ok(reach === -Infinity || curve.recallAt(candidates, reach - 1e-9) < recall);
        assert.ok(candidates >= 10 && candidates <= calibrationDepth);
      },
    ),
  );
});

test("dear candidates are few and the reach long, dear lists the other way round", () => {
  const sightings = Array.from({ length: 1000 }, (_, i) => ({ place: 1 + (i % 200), gap: (i * 7) % 300 }));
  const curve = new RecallCurve(10, sightings);
  const dearCandidates = curve.settingFor(0.9, ({ candidates, reach }) => 100 * candidates + reach)!;
  const dearLists = curve.settingFor(0.9, ({ candidates, reach }) => candidates + 100 * reach)!;
  assert.ok(dearCandidates.candidates < dearLists.candidates);
  assert.ok(dearCandidates.reach > dearLists.reach);
});

test("places count from 1 without the query's own slots, and what is not there lies beyond the depth", () => {
  assert.deepEqual(placesIn(Uint32Array.of(7, 3, 9, 8, 4), [4, 7, 9, 5], [3, 8]), [3, 1, 2, calibrationDepth + 1]);
});

const facts = {
  queries: 1,
  source: "rows",
  rows: 1,
  dimensions: 64,
  lists: 0,
  gaps: new Float32Array(0),
  deepGaps: new Float32Array(0),
} as const;

test("candidates never fall as more results are asked for, and meet what was measured at 10 and at 100", () => {
  const calibration = new Calibration(seen(10, 3, 140), seen(100, 50, 520), facts);
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
  const lost = seen(100, calibrationDepth + 1);
  assert.equal(new Calibration(seen(10, 50), lost, facts).oversamplingFor(0.99, 100), 5);
  assert.equal(new Calibration(lost, lost, facts).oversamplingFor(0.99, 100), undefined);
});

test("only a part of the loss that is allowed is used, a larger one where searches were measured", () => {
  const curve = seen(10, ...Array.from({ length: 1000 }, (_, i) => i + 1));
  const candidates = (source: "rows" | "searches") =>
    new Calibration(curve, curve, { ...facts, source }).oversamplingFor(0.9, 10)! * 10;
  assert.equal(candidates("rows"), 975);
  assert.equal(candidates("searches"), 950);
});

test("more results take more lists, and where there were no lists none are chosen", () => {
  const spreadOver = (k: number, most: number) =>
    new RecallCurve(
      k,
      Array.from({ length: 500 }, (_, i) => ({ place: 1 + (i % 40), gap: (i * 31) % most })),
    );
  const gaps = Float32Array.from({ length: 1000 }, (_, i) => i);
  const listed = new Calibration(spreadOver(10, 50), spreadOver(100, 200), { ...facts, lists: 3000, gaps });
  const settings = [1, 10, 30, 100, 1000].map((k) => listed.probingFor(0.99, k)!);
  assert.equal(settings[0]!.probes, settings[1]!.probes);
  for (let i = 2; i < settings.length; i++) assert.ok(settings[i]!.probes > settings[i - 1]!.probes);
  for (const { reach, probes } of settings) assert.ok(Math.abs(probes - 3 * (Math.floor(reach) + 1)) < 1e-9);
  assert.ok(listed.status().chosenByLists.every(({ recall, measured }) => measured >= recall));
  assert.equal(new Calibration(spreadOver(10, 50), spreadOver(100, 200), facts).probingFor(0.99, 10), undefined);
});

test("the lists for more results than were rescored are those that the thousand nearest were seen in", () => {
  const seenIn = (k: number, gap: number) => new RecallCurve(k, [{ place: 1, gap }]);
  const deepGaps = Float32Array.from({ length: 1000 }, (_, i) => 300 + i);
  const reach = (k: number, deep = deepGaps) =>
    new Calibration(seenIn(10, 100), seenIn(100, 200), { ...facts, lists: 10, deepGaps: deep }).probingFor(0.9, k)!
      .reach;
  assert.deepEqual([reach(10), reach(100)], [100, 200]);
  // A quarter of the tenth that may be missed.
  assert.ok(Math.abs(reach(1000) - deepGaps[974]!) < 1e-9);
  assert.ok(reach(300) > 200 && reach(300) < reach(1000) && reach(2000) > reach(1000));
  assert.equal(reach(1000, new Float32Array(0)), 300);
});
