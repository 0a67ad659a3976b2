import assert from "node:assert/strict";
import { test } from "node:test";
import { showIngest } from "../../../src/cli/progress/ingest-progress.js";
import { openRateMeter } from "../../../src/cli/progress/rate-meter.js";

test("the bar tells files, rate and the time left from the bytes that are left", () => {
  const drawn: [string, number, string][] = [];
  let nowMs = 0;
  const show = showIngest({ show: (...line) => drawn.push(line), stop: () => undefined }, () => nowMs);
  show({ kind: "scanning", files: 1500 });
  show({ kind: "scanned", files: 2000, bytes: 10_000, unchanged: 5 });
  nowMs = 2000;
  show({ kind: "reading", files: 400, bytes: 2_500 });
  nowMs = 4000;
  show({ kind: "reading", files: 2000, bytes: 10_000 });
  assert.deepEqual(drawn, [
    ["Looking for files", 0, "1,500 found"],
    ["Indexing", 0, "0/2,000 files"],
    ["Indexing", 0.25, "400/2,000 files  200 files/s  6 s left"],
    ["Indexing", 1, "2,000/2,000 files  500 files/s  writing"],
  ]);
});

test("nothing to read draws no bar", () => {
  const show = showIngest({ show: () => assert.fail("drawn"), stop: () => undefined });
  show({ kind: "scanned", files: 0, bytes: 0, unchanged: 12 });
});

test("a rate follows the last ten seconds", () => {
  const meter = openRateMeter();
  assert.equal(meter.perSecond(), undefined);
  for (let second = 0; second <= 20; second++) meter.note(second * 10, second * 1000);
  assert.equal(meter.perSecond(), 10);
  for (let second = 21; second <= 32; second++) meter.note(200 + (second - 20) * 100, second * 1000);
  assert.equal(meter.perSecond(), 100);
});
