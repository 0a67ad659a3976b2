import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countOf,
  formatBytes,
  formatCount,
  formatMs,
  formatRate,
  formatRemaining,
} from "../../../src/cli/render/numbers.js";

test("counts carry separators and agree with their noun", () => {
  assert.equal(formatCount(1234567), "1,234,567");
  assert.equal(countOf(1, "file"), "1 file");
  assert.equal(countOf(0, "file"), "0 files");
  assert.equal(countOf(2, "record was", "records were"), "2 records were");
});

test("bytes take the unit that leaves one to three digits", () => {
  const shown = [1, 999, 1000, 3_440_000, 9_960_000, 999_499, 999_600, 64 * 2 ** 20, 5e12].map(formatBytes);
  assert.deepEqual(shown, ["1 byte", "999 bytes", "1.0 kB", "3.4 MB", "10 MB", "999 kB", "1.0 MB", "67 MB", "5.0 TB"]);
});

test("durations go from milliseconds to hours without a jump at the borders", () => {
  assert.deepEqual([0.04, 9.96, 12.4, 999.4, 999.6, 59_949, 61_000].map(formatMs), [
    "0.0 ms",
    "10 ms",
    "12 ms",
    "999 ms",
    "1.0 s",
    "59.9 s",
    "1 min 01 s",
  ]);
  assert.deepEqual([-5, 400, 59_400, 59_600, 125_000, 3_660_000].map(formatRemaining), [
    "0 s",
    "0 s",
    "59 s",
    "1 min 00 s",
    "2 min 05 s",
    "1 h 01 min",
  ]);
});

test("small rates keep a decimal", () => {
  assert.deepEqual([0.44, 9.94, 9.96, 1203.7].map(formatRate), ["0.4", "9.9", "10", "1,204"]);
});
