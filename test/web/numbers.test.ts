// Numbers as a person reads them.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatBytes,
  formatDuration,
  formatMs,
  formatRate,
  formatScore,
  formatShare,
  plural,
} from "../../src/web/text/numbers.js";

test("times have at most three figures", () => {
  assert.deepEqual([0.418, 8.26, 9.96, 120.4, 1234].map(formatMs), ["0.42 ms", "8.3 ms", "10 ms", "120 ms", "1.2 s"]);
});

test("bytes have the unit that leaves one to three figures before the point", () => {
  assert.deepEqual([0, 999, 1000, 14_600_000, 999_999, 123_456_789_000].map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 kB",
    "14.6 MB",
    "1.0 MB",
    "123 GB",
  ]);
});

test("a noun follows its number", () => {
  assert.deepEqual(
    [plural(0, "document"), plural(1, "document"), plural(2000, "document")],
    ["0 documents", "1 document", "2,000 documents"],
  );
});

test("small scores have two places, large ones one", () => {
  assert.deepEqual([0.8349, -1.5, 18.27].map(formatScore), ["0.83", "-1.50", "18.3"]);
});

test("shares are told in a hundred, small ones with a place behind the point", () => {
  assert.deepEqual([0, 0.004, 0.0421, 0.0999, 0.37, 1].map(formatShare), [
    "0 %",
    "0.4 %",
    "4.2 %",
    "10 %",
    "37 %",
    "100 %",
  ]);
});

test("long times are told roughly, speeds with the unit that leaves a number above one", () => {
  const minuteMs = 60_000;
  assert.deepEqual(
    [0, 1, 89, 90, 60 * 35, 60 * 48].map((minutes) => formatDuration(minutes * minuteMs)),
    ["under a minute", "1 minute", "89 minutes", "2 hours", "35 hours", "2 days"],
  );
  assert.deepEqual([1_234.5, 35.4, 4.21, 0.2, 0.001].map(formatRate), [
    "1,235 a second",
    "35 a second",
    "4.2 a second",
    "12 a minute",
    "1 a minute",
  ]);
});
