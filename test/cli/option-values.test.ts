import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgumentError } from "commander";
import { byteSize, duration, gathered, listOf, numberBetween, wholeNumber } from "../../src/cli/option-values.js";

test("whole numbers are digits within their bounds and nothing else", () => {
  const limit = wholeNumber(1, 100);
  assert.equal(limit("7"), 7);
  for (const wrong of ["0", "101", "7.5", "1e1", "0x10", "-1", "seven", "7x", ""]) {
    assert.throws(() => limit(wrong), { message: "Expected a whole number from 1 to 100." }, wrong);
  }
});

test("numbers may have decimals", () => {
  const score = numberBetween(0, 1);
  assert.deepEqual(["0", "0.25", ".5", "1"].map(score), [0, 0.25, 0.5, 1]);
  for (const wrong of ["-0.1", "1.01", "NaN", "Infinity", "1.", "high", ""])
    assert.throws(() => score(wrong), InvalidArgumentError, wrong);
});

test("sizes take letters in powers of 1024", () => {
  assert.deepEqual(["500", "64M", "64mb", "1.5 GiB", "2k"].map(byteSize), [
    500,
    64 * 2 ** 20,
    64 * 2 ** 20,
    1.5 * 2 ** 30,
    2048,
  ]);
  for (const wrong of ["0", "M", "64X", "-5M", "1,5M", "64 MM", "", "999999T999"])
    assert.throws(() => byteSize(wrong), InvalidArgumentError, wrong);
});

test("a repeated option gathers its values in order", () => {
  assert.deepEqual(gathered("b", gathered("a")), ["a", "b"]);
  assert.throws(() => gathered(""), InvalidArgumentError);
});

test("a list holds known values only", () => {
  const stages = listOf(["bm25", "dense"]);
  assert.deepEqual(stages("dense, bm25"), ["dense", "bm25"]);
  assert.throws(() => stages("bm25,sparse"), { message: "Expected bm25, dense, with commas between them." });
});

test("times take a letter and hold a least value", () => {
  const atLeastTenSeconds = duration(10_000);
  for (const [text, ms] of [
    ["10s", 10_000],
    ["30m", 1_800_000],
    ["1.5 h", 5_400_000],
    ["7D", 604_800_000],
    ["1w", 604_800_000],
  ] as const) {
    assert.equal(atLeastTenSeconds(text), ms);
  }
  for (const text of ["9s", "24", "h", "-1h", "1 year", "", "1e3s"]) {
    assert.throws(() => atLeastTenSeconds(text), InvalidArgumentError, text);
  }
});
