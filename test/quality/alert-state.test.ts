import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Reading, silenceMs, stepAlert } from "../../src/quality/alert-state.js";
import {
  type AlertRule,
  type AlertState,
  calibrateConfidence,
  defaultAlertRules,
  type QueryObservation,
  QueryWindow,
  stepAlerts,
} from "../../src/quality/index.js";

const minuteMs = 60_000;
const rule: AlertRule = {
  ...defaultAlertRules()[0]!,
  id: "r",
  direction: "above",
  threshold: 10,
  clearThreshold: 6,
  raiseAfterMinutes: 2,
  clearAfterMinutes: 3,
  minimumCount: 5,
};
const reading = fc.record({
  value: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 16 })),
  count: fc.constantFrom(0, 4, 5, 100),
});
const rules = fc.record({
  direction: fc.constantFrom("above" as const, "below" as const),
  raiseAfterMinutes: fc.nat(3),
  clearAfterMinutes: fc.nat(3),
});

/** Steps through readings a minute apart. */
function walk(varied: AlertRule, readings: readonly Reading[]) {
  let state: AlertState = { phase: "clear" };
  return readings.map((read, i) => {
    const before = state;
    const stepped = stepAlert(varied, state, read, i * minuteMs);
    state = stepped.state;
    return { before, after: state, event: stepped.event, read };
  });
}

const stands = ({ phase }: AlertState) => phase === "raised" || phase === "clearing";

test("laws of the states, for any readings", () => {
  fc.assert(
    fc.property(rules, fc.array(reading, { maxLength: 80 }), (varied, readings) => {
      // Below its limit an alert clears above a higher one.
      const own: AlertRule = {
        ...rule,
        ...varied,
        ...(varied.direction === "below" ? { threshold: 6, clearThreshold: 10 } : {}),
      };
      const past = (value: number) => (own.direction === "above" ? value > 10 : value < 6);
      const back = (value: number) => (own.direction === "above" ? value < 6 : value > 10);
      const steps = walk(own, readings);
      const usable = ({ value, count }: Reading) => value !== null && count >= own.minimumCount;

      const kinds = steps.flatMap(({ event }) => event?.kind ?? []);
      assert.ok(
        kinds.every((kind, i) => kind === (i % 2 === 0 ? "raised" : "cleared")),
        "raised and cleared take turns",
      );

      for (const [i, { before, after, event, read }] of steps.entries()) {
        assert.equal(stands(after) !== stands(before), event !== undefined, "an event for each change, and no other");
        if (!usable(read) && event) assert.equal(event.value, null, "too few queries change nothing but by silence");
        if (usable(read) && !past(read.value!) && !back(read.value!)) {
          assert.equal(event, undefined, "between the limits nothing changes");
        }
        if (event?.kind === "raised") {
          const run = steps.slice(i - own.raiseAfterMinutes, i + 1);
          assert.equal(run.length, own.raiseAfterMinutes + 1);
          assert.ok(run.every(({ read: { value, count } }) => usable({ value, count }) && past(value!)));
        }
        if (event?.kind === "cleared" && event.value !== null) {
          const run = steps.slice(i - own.clearAfterMinutes, i + 1);
          assert.equal(run.length, own.clearAfterMinutes + 1);
          assert.ok(run.every(({ read: { value, count } }) => usable({ value, count }) && back(value!)));
        }
      }
    }),
  );
});

test("a figure that wavers about its limit raises one alert", () => {
  const readings = Array.from({ length: 40 }, (_, i) => ({ value: i < 3 || i % 2 === 0 ? 11 : 9, count: 50 }));
  const events = walk(rule, readings).flatMap(({ event }) => event ?? []);
  assert.deepEqual(
    events.map(({ kind, atMs }) => [kind, atMs / minuteMs]),
    [["raised", 2]],
  );
});

test("an alert without queries is held for an hour and then ends", () => {
  const readings = [11, 11, 11, ...new Array<null>(70).fill(null)].map((value) => ({ value, count: value ? 9 : 0 }));
  const events = walk(rule, readings).flatMap(({ event }) => event ?? []);
  assert.deepEqual(
    events.map(({ kind, atMs, value }) => [kind, atMs / minuteMs, value]),
    [
      ["raised", 2, 11],
      ["cleared", 2 + silenceMs / minuteMs, null],
    ],
  );
});

test("the default rules raise and clear on an hour of queries", () => {
  const window = new QueryWindow();
  const good: QueryObservation = {
    latencyMs: 20,
    results: 5,
    topScore: 0.9,
    cache: "hit",
    isDegraded: false,
    isLowConfidence: false,
  };
  const bad: QueryObservation = {
    latencyMs: 900,
    results: 5,
    topScore: 0.5,
    cache: "miss",
    isDegraded: true,
    isLowConfidence: true,
  };
  let states = {};
  const seen: string[] = [];
  for (let minute = 0; minute < 140; minute++) {
    const nowMs = minute * minuteMs;
    const isBad = minute >= 20 && minute < 60;
    for (let i = 0; i < 40; i++) window.record(isBad ? bad : good, nowMs);
    const stepped = stepAlerts(defaultAlertRules(), states, (minutes) => window.summary(nowMs, minutes), nowMs);
    states = JSON.parse(JSON.stringify(stepped.states));
    for (const {
      kind,
      rule: { id },
      atMs,
    } of stepped.events)
      seen.push(`${atMs / minuteMs} ${id} ${kind}`);
  }
  const raised = seen.filter((line) => line.endsWith("raised")).map((line) => line.split(" ")[1]);
  assert.deepEqual(raised.toSorted(), [
    "cache-hits-low",
    "degraded-high",
    "latency-high",
    "low-confidence-high",
    "top-score-low",
  ]);
  assert.equal(seen.filter((line) => line.endsWith("cleared")).length, 5);
  assert.ok(seen.includes("22 top-score-low raised"), seen.join("; "));
});

test("a calibration moves the limits of scores to where a fifth of the queries has no answer", () => {
  const spread = (from: number) => Array.from({ length: 50 }, (_, i) => from + i / 500);
  const calibration = calibrateConfidence(spread(0.5), spread(0.2));
  const [topScore, lowConfidence] = defaultAlertRules(calibration);
  assert.ok(Math.abs(topScore!.threshold - (0.8 * 0.549 + 0.2 * 0.249)) < 1e-9);
  assert.ok(topScore!.clearThreshold > topScore!.threshold && topScore!.clearThreshold < 0.549);
  assert.ok(Math.abs(lowConfidence!.threshold - 0.2) < 1e-9);
  const plain = defaultAlertRules();
  assert.deepEqual(
    plain.slice(0, 4).map(({ figure, threshold, windowMinutes }) => [figure, threshold, windowMinutes]),
    [
      ["averageTopScore", 0.7, 5],
      ["lowConfidenceRate", 0.2, 15],
      ["p99Ms", 500, 5],
      ["cacheHitRate", 0.3, 30],
    ],
  );
  for (const { direction, threshold, clearThreshold } of [...plain, ...defaultAlertRules(calibration)]) {
    assert.ok(direction === "above" ? clearThreshold < threshold : clearThreshold > threshold);
  }
});
