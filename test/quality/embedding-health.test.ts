import assert from "node:assert/strict";
import { test } from "node:test";
import { healthLimits } from "../../src/quality/embedding-health.js";
import {
  calibrateHealthSteps,
  defaultTolerances,
  type EmbeddingSample,
  embeddingHealthSteps,
  finish,
  type HealthOptions,
  type HealthReport,
} from "../../src/quality/index.js";
import { cloud } from "./random-rows.js";

const baseline = cloud({ rows: 128, seed: 1, norm: 10 });
const calibration = finish(calibrateHealthSteps(baseline, { replicates: 400 }));
const health = (current: EmbeddingSample, options: HealthOptions = { calibration }): HealthReport =>
  finish(embeddingHealthSteps(baseline, current, options));
const idsOf = ({ alerts }: HealthReport) => alerts.map(({ id }) => id);

test("an honest sample is healthy, and says so", () => {
  const report = health(cloud({ rows: 64, seed: 2, norm: 10 }));
  assert.deepEqual([report.status, report.alerts, report.isCalibrated], ["healthy", [], true]);
  assert.equal(report.sentence, "64 vectors are like the 128 of the baseline.");
});

test("another direction is a critical shift, with figures, limits and a command", () => {
  const report = health(cloud({ rows: 64, axis: 1, seed: 2, norm: 10 }));
  assert.equal(report.status, "critical");
  assert.deepEqual(idsOf(report), ["distribution-shift", "mean-shift"]);
  const [first] = report.alerts;
  assert.equal(first?.figure, report.figures?.mmd);
  assert.equal(first?.threshold, report.limits?.mmd.critical);
  assert.match(
    first?.sentence ?? "",
    /^The vectors are distributed unlike the baseline's: MMD 0\.\d{3}, above 0\.\d{3}/,
  );
  assert.equal(first?.remedy.command, "lodestone diagnose");
  assert.equal(report.sentence, first?.sentence);
});

test("vectors that scatter, crowd, or come out longer are told apart", () => {
  assert.ok(idsOf(health(cloud({ rows: 64, pull: 0, seed: 3, norm: 10 }))).includes("coherence-low"));
  assert.ok(idsOf(health(cloud({ rows: 64, pull: 5, seed: 4, norm: 10 }))).includes("coherence-high"));
  const longer = health(cloud({ rows: 64, seed: 2, norm: 11 }));
  assert.deepEqual([longer.status, idsOf(longer)], ["warning", ["norm-drift"]]);
  assert.ok(Math.abs((longer.figures?.normDrift ?? 0) - 0.1) < 1e-6);
  assert.equal(health(cloud({ rows: 64, seed: 2, norm: 8 })).status, "critical");
  assert.equal(health(cloud({ rows: 64, seed: 2, norm: 10.3 })).status, "healthy");
});

test("texts in which the model sees nothing are counted", () => {
  const current = cloud({ rows: 60, seed: 2, norm: 10 });
  current.vectors.fill(0, 0, 3 * current.dimensions);
  const report = health(current);
  assert.deepEqual(idsOf(report), ["empty-vectors"]);
  assert.match(report.alerts[0]!.sentence, /^The model sees nothing in 3 of 60 texts/);
});

test("without a calibration the limits are fixed figures", () => {
  const limits = healthLimits(0.2, undefined, defaultTolerances);
  assert.deepEqual(limits.meanDistance, { warning: 0.1, critical: 0.25 });
  assert.deepEqual(limits.mmd, { warning: 0.1, critical: 0.25 });
  assert.equal(limits.coherenceLow.warning, 0.3);
  assert.equal(limits.normDrift.warning, 0.05);
  const report = health(cloud({ rows: 64, axis: 1, seed: 2, norm: 10 }), {});
  assert.deepEqual([report.status, report.isCalibrated], ["critical", false]);
});

test("a limit is never below what matters, nor below what chance does", () => {
  const chance = {
    rows: 64,
    meanDistance: 0.01,
    mmdSquared: 0.09,
    coherenceFall: 0.01,
    coherenceRise: 0.3,
    normDrift: 0.2,
  };
  const limits = healthLimits(0.2, chance, defaultTolerances);
  const close = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}`);
  close(limits.meanDistance.warning, 0.08);
  close(limits.mmd.warning, 0.3);
  close(limits.mmd.critical, 0.75);
  close(limits.coherenceLow.warning, 0.15);
  close(limits.coherenceHigh.warning, 0.5);
  close(limits.normDrift.warning, 0.2);
});

test("tolerances can be set", () => {
  const shifted = cloud({ rows: 64, axis: 1, seed: 2, norm: 10 });
  assert.equal(health(shifted, { calibration, tolerances: { shift: 2 } }).status, "healthy");
});

test("too few vectors are not judged", () => {
  const report = health(cloud({ rows: 15, seed: 2 }));
  assert.deepEqual([report.status, report.alerts, report.figures], ["unknown", [], undefined]);
  assert.match(report.sentence, /128 in the baseline and 15 now; each needs 16/);
});
