import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { alertRules, checkMonitoring, checkWebhook, monitoringOptionsSchema } from "../../src/monitoring/options.js";
import { calibrateConfidence } from "../../src/quality/index.js";

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof LodestoneError && error.code === "INVALID_INPUT" && pattern.test(error.message);
const options = (given: object) => monitoringOptionsSchema.parse(given);
const calibration = calibrateConfidence(
  Array.from({ length: 40 }, (_, i) => 0.4 + i / 200),
  Array.from({ length: 40 }, (_, i) => 0.1 + i / 200),
);

test("rules that need a calibration rest without one, unless they are given a limit", () => {
  const ids = (rules: object[], known: typeof calibration) => alertRules(options({ rules }), known).map(({ id }) => id);
  assert.deepEqual(ids([], undefined), ["latency-high", "cache-hits-low", "degraded-high"]);
  assert.equal(ids([], calibration).length, 5);
  assert.ok(ids([{ id: "top-score-low", threshold: 0.3 }], undefined).includes("top-score-low"));
  assert.deepEqual(ids([{ id: "cache-hits-low", off: true }], undefined), ["latency-high", "degraded-high"]);
});

test("a rule that is given another limit clears at it, unless that is given too", () => {
  const [rule] = alertRules(options({ rules: [{ id: "latency-high", threshold: 200 }] }), undefined);
  assert.deepEqual([rule?.threshold, rule?.clearThreshold, rule?.windowMinutes], [200, 200, 5]);
  const twice = [
    { id: "latency-high", threshold: 200 },
    { id: "latency-high", clearThreshold: 150, windowMinutes: 10 },
  ];
  const [both] = alertRules(options({ rules: twice }), undefined);
  assert.deepEqual([both?.threshold, both?.clearThreshold, both?.windowMinutes], [200, 150, 10]);
});

test("limits that contradict each other are refused, each way round", () => {
  const check = (rule: object) => checkMonitoring(options({ rules: [rule] }));
  assert.throws(
    () => check({ id: "latency-high", threshold: 200, clearThreshold: 300 }),
    refused(/cannot clear at 300/),
  );
  assert.throws(
    () => check({ id: "cache-hits-low", threshold: 0.3, clearThreshold: 0.2 }),
    refused(/alarms below 0\.3/),
  );
  check({ id: "cache-hits-low", threshold: 0.3, clearThreshold: 0.4 });
  assert.throws(() => check({ id: "nothing" }), refused(/The rules are top-score-low, /));
});

test("a webhook is an http address of this machine and of no other", () => {
  for (const webhook of ["http://localhost:9/x", "https://127.0.0.1/", "http://127.8.9.1:80/", "http://[::1]:9000/"]) {
    assert.ok(checkWebhook(webhook));
  }
  const elsewhere = [
    "http://example.com/",
    "http://localhost.example.com/",
    "http://127.0.0.1@example.com/",
    "http://[::2]/",
    "http://0.0.0.0/",
    "ftp://localhost/",
    "localhost:9000",
    "",
  ];
  for (const webhook of elsewhere) assert.throws(() => checkWebhook(webhook), refused(/this machine only/), webhook);
});
