import assert from "node:assert/strict";
import { test } from "node:test";
import { latencyBounds, QueryLog } from "../../src/monitoring/query-log.js";
import type { QueryObservation } from "../../src/quality/index.js";

const nowMs = Date.UTC(2026, 10, 20, 12, 30, 10);
const minuteMs = 60_000;
const observed = (parts: Partial<QueryObservation> = {}): QueryObservation => ({
  latencyMs: 12,
  results: 3,
  topScore: 0.5,
  isDegraded: false,
  isLowConfidence: false,
  ...parts,
});

test("totals count on, each latency in its bucket", () => {
  const log = new QueryLog();
  for (const latencyMs of [1, 5, 5.1, 900, 60_000]) log.record(observed({ latencyMs }), 1, nowMs);
  const { latencyBuckets, searches, latencySumSeconds } = log.totals;
  const at = (bound: number) => latencyBuckets[latencyBounds.findIndex((known) => known >= bound)];
  assert.deepEqual([at(0.005), at(0.01), at(1), latencyBuckets.at(-1), searches], [2, 1, 1, 1, 5]);
  assert.ok(Math.abs(latencySumSeconds - 60.9111) < 1e-9);
});

test("the hour is sixty minutes up to now, and a minute without queries has no figures", () => {
  const log = new QueryLog();
  log.record(observed({ latencyMs: 40 }), 1, nowMs - 3 * minuteMs);
  log.record(observed(), 1, nowMs - 61 * minuteMs);
  const points = log.points(nowMs);
  assert.equal(points.length, 60);
  assert.equal(points.at(-1)?.at, "2026-11-20T12:30:00.000Z");
  assert.deepEqual(
    points.map(({ queries }) => queries).filter((count) => count > 0),
    [1],
  );
  assert.ok(Math.abs(points.at(-4)!.p50Ms! - 40) < 1);
  assert.equal(points.at(-1)?.p50Ms, null);
});

test("minutes are given out once they have news, and another log takes them in", () => {
  const log = new QueryLog();
  log.record(observed(), 1, nowMs - 2 * minuteMs);
  log.record(observed(), 1, nowMs);
  const first = log.takeMinutes(nowMs);
  assert.equal(first.length, 2);
  log.record(observed({ results: 0, topScore: undefined }), 1, nowMs + 1_000);
  const second = log.takeMinutes(nowMs + 2_000);
  // The running minute comes again as a whole, so that the later record replaces the earlier one.
  assert.deepEqual(
    second.map(({ minute }) => minute),
    [Math.floor(nowMs / minuteMs)],
  );
  assert.deepEqual(log.takeMinutes(nowMs + 5 * minuteMs).length, 1);
  assert.deepEqual(log.takeMinutes(nowMs + 6 * minuteMs), []);

  const stored = new Map([...first, ...second].map(({ minute, record }) => [minute, record]));
  const again = new QueryLog();
  again.absorb([...stored.values()], 1, [0.4]);
  assert.deepEqual(again.summary(nowMs), log.summary(nowMs));
  assert.deepEqual(again.topScores(1), [0.4]);
});

test("best cosines are those of one generation, and of the last queries", () => {
  const log = new QueryLog();
  for (let i = 0; i < 300; i++) log.record(observed({ topScore: i }), 1, nowMs);
  const scores = log.topScores(1);
  assert.equal(scores.length, 256);
  assert.ok(!scores.includes(43) && scores.includes(44) && scores.includes(299));
  log.record(observed({ topScore: 0.1 }), 2, nowMs);
  assert.deepEqual([log.topScores(1), log.topScores(2)], [[], [0.1]]);
});
