import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBetween } from "../../src/web/text/clock.js";

test("times within a day are named by the hour, over a week by the day, in between by both", () => {
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 5);
  const named = (last: Date) => formatBetween(at(2, 9), last)(at(2, 10));
  const [hours, both, days] = [named(at(2, 17)), named(at(6, 9)), named(at(20, 9))];
  assert.match(hours, /10:05/);
  assert.doesNotMatch(hours, /2(?!\d)/);
  assert.match(both, /2.*10:05/);
  assert.match(days, /2/);
  assert.doesNotMatch(days, /:/);
});
