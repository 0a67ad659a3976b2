import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsFor } from "../../src/quality/calibrate-health.js";
import {
  calibrateHealthSteps,
  coherence,
  cosineDistance,
  type EmbeddingSample,
  finish,
  type HealthCalibration,
  meanVector,
  mmdSteps,
} from "../../src/quality/index.js";
import { meanOf } from "../../src/quality/moments.js";
import { seededRandom } from "../../src/quality/random.js";
import { cloud } from "./random-rows.js";

function calibrated(baseline: EmbeddingSample, replicates = 1000, seed = 1): HealthCalibration {
  const calibration = finish(calibrateHealthSteps(baseline, { replicates, seed, maxRows: 64 }));
  assert.ok(calibration);
  return calibration;
}

/** Honest vectors whose norms differ: a mixture of three directions, as a library of three subjects. */
function subjects(rows: number, seed: number): EmbeddingSample {
  const random = seededRandom(seed);
  const parts = [0, 1, 2].map((axis) => cloud({ rows, axis, seed: seed + axis + 1 }));
  const sample = structuredClone(parts[0]!);
  for (let row = 0; row < rows; row++) {
    const part = parts[random.below(3)]!;
    sample.vectors.set(part.vectors.subarray(row * 16, (row + 1) * 16), row * 16);
    sample.norms[row] = 8 + 4 * random.uniform();
  }
  return sample;
}

test("honest samples stay within all limits together, at least 99 times in 100, over many baselines", () => {
  let alarms = 0;
  let looks = 0;
  for (let trial = 0; trial < 24; trial++) {
    const baseline = subjects(128, 1000 * trial);
    const calibration = calibrated(baseline, 1000, trial);
    const centre = meanVector(baseline);
    for (let i = 0; i < 50; i++) {
      // Of sizes that lie in the grid and between.
      const rows = [16, 24, 40, 64][i % 4]!;
      const current = subjects(rows, 1000 * trial + 17 * i + 500_000);
      const limits = limitsFor(calibration, rows);
      const { mmdSquared } = finish(mmdSteps(baseline, current, { bandwidth: calibration.bandwidth, permutations: 0 }));
      const change = coherence(current) - calibration.coherence;
      const exceeds =
        cosineDistance(centre, meanVector(current)) > limits.meanDistance ||
        mmdSquared > limits.mmdSquared ||
        -change > limits.coherenceFall ||
        change > limits.coherenceRise ||
        Math.abs(meanOf(current.norms) / calibration.meanNorm - 1) > limits.normDrift;
      looks++;
      if (exceeds) alarms++;
    }
  }
  assert.ok(alarms / looks < 0.01, `${alarms} of ${looks}`);
  // Limits that nothing can reach would pass as well: some honest samples do come near.
  assert.ok(alarms > 0, "no alarm at all in 1200 looks");
});

test("limits fall as the sample grows, and lie between their neighbours between two sizes", () => {
  const calibration = calibrated(cloud({ rows: 100, seed: 1 }));
  const [first, second, third] = calibration.limits;
  assert.deepEqual(
    calibration.limits.map(({ rows }) => rows),
    [16, 32, 64],
  );
  for (const name of ["meanDistance", "mmdSquared", "coherenceFall", "coherenceRise"] as const) {
    assert.ok(first![name] > second![name] && second![name] > third![name], name);
    const between = limitsFor(calibration, 45)[name];
    assert.ok(between < second![name] && between > third![name], name);
  }
  assert.deepEqual(limitsFor(calibration, 5), first);
  assert.deepEqual(limitsFor(calibration, 32), second);
  assert.deepEqual(limitsFor(calibration, 1000), third);
});

test("norms that never differ have limit 0, and a stricter alarm rate has wider limits", () => {
  const baseline = cloud({ rows: 80, seed: 3 });
  const strict = finish(calibrateHealthSteps(baseline, { replicates: 500, alarmRate: 0.002 }));
  const lax = finish(calibrateHealthSteps(baseline, { replicates: 500, alarmRate: 0.2 }));
  assert.equal(strict?.limits[0]?.normDrift, 0);
  for (const [i, limits] of strict!.limits.entries()) {
    assert.ok(limits.mmdSquared > lax!.limits[i]!.mmdSquared);
    assert.ok(limits.meanDistance > lax!.limits[i]!.meanDistance);
  }
});

test("a small baseline gives no calibration, and a calibration survives JSON", () => {
  assert.equal(finish(calibrateHealthSteps(cloud({ rows: 63, seed: 1 }))), undefined);
  const calibration = calibrated(cloud({ rows: 64, seed: 1 }), 200);
  assert.deepEqual(JSON.parse(JSON.stringify(calibration)), calibration);
});
