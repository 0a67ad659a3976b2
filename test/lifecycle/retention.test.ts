import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { keptBy, prune, type RetentionPolicy } from "../../src/lifecycle/retention.js";
import { makeSnapshot } from "../../src/lifecycle/snapshot.js";
import { snapshotName } from "../../src/lifecycle/snapshot-folder.js";
import { temporaryFolder } from "../temporary-folder.js";
import { context, smallLibrary } from "./small-library.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
// A Monday.
const START = Date.UTC(2026, 0, 5);

const at = (ms: number) => ({ name: snapshotName(ms), createdAt: new Date(ms).toISOString() });
const kept = (policy: RetentionPolicy, times: number[]) => {
  const names = keptBy(policy, times.map(at));
  return times.filter((time) => names.has(snapshotName(time))).map((time) => (time - START) / DAY);
};

test("the last N are the newest", () => {
  assert.deepEqual(kept({ last: 2 }, [START, START + DAY, START + 2 * DAY]), [1, 2]);
});

test("of each day the newest is kept, for the last days that have any", () => {
  const times = [0, 0.2, 0.9, 3, 3.5, 7, 7.99].map((days) => START + days * DAY);
  assert.deepEqual(kept({ daily: 2 }, times), [3.5, 7.99]);
  assert.deepEqual(kept({ daily: 10 }, times), [0.9, 3.5, 7.99]);
});

test("weeks begin on Monday", () => {
  const times = [-1, 0, 6.5, 7, 13].map((days) => START + days * DAY);
  assert.deepEqual(kept({ weekly: 3 }, times), [-1, 6.5, 13]);
});

test("several rules keep what any of them keeps", () => {
  const times = [0, 1, 8, 8.5].map((days) => START + days * DAY);
  assert.deepEqual(kept({ last: 1, weekly: 2 }, times), [1, 8.5]);
});

test("whatever the times, the newest is kept, and no rule keeps more than it says", () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 60 * 24 }), { minLength: 1, maxLength: 40 });
  const periods = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(times, periods, fc.constantFrom("last", "daily", "weekly"), (hours, n, rule) => {
      const snapshots = hours.map((hour) => at(START + hour * HOUR));
      const names = keptBy({ [rule]: n }, snapshots);
      assert.ok(names.size >= 1 && names.size <= n);
      assert.ok(names.has(snapshotName(START + Math.max(...hours) * HOUR)));
    }),
  );
});

async function threeSnapshots(t: Parameters<typeof smallLibrary>[0]) {
  const small = smallLibrary(t);
  const paths: string[] = [];
  for (const days of [0, 1, 2]) {
    paths.push((await makeSnapshot(small.request, context({ now: () => START + days * DAY }))).path);
  }
  const left = () => readdirSync(small.directory).filter((name) => name.startsWith("2026"));
  return { ...small, paths, left };
}

const breakDatabase = (path: string) => writeFileSync(join(path, "lodestone.db"), "broken");

test("what the policy does not keep is removed", async (t) => {
  const { directory, left } = await threeSnapshots(t);
  const report = await prune({ directory, policy: { last: 2 } }, context());
  assert.deepEqual(report.removed, [snapshotName(START)]);
  assert.deepEqual(left(), report.kept);
});

test("where those to be kept are damaged, the newest whole one is kept too", async (t) => {
  const { directory, paths, left } = await threeSnapshots(t);
  breakDatabase(paths[2]!);
  await prune({ directory, policy: { last: 1 } }, context());
  assert.deepEqual(left(), [snapshotName(START + DAY), snapshotName(START + 2 * DAY)]);
});

test("where none is whole, none is removed", async (t) => {
  const { directory, paths, left } = await threeSnapshots(t);
  for (const path of paths) breakDatabase(path);
  const report = await prune({ directory, policy: { last: 1 } }, context());
  assert.deepEqual([report.removed, left().length], [[], 3]);
});

test("one whose manifest cannot be read is neither counted nor removed", async (t) => {
  const { directory, paths, left } = await threeSnapshots(t);
  writeFileSync(join(paths[2]!, "snapshot.json"), "{");
  const report = await prune({ directory, policy: { last: 1 } }, context());
  assert.deepEqual([report.damaged, report.kept], [[snapshotName(START + 2 * DAY)], [snapshotName(START + DAY)]]);
  assert.equal(left().length, 2);
});

test("the snapshots of another library in the same folder are judged by themselves", async (t) => {
  const { directory } = await threeSnapshots(t);
  const other = smallLibrary(t, temporaryFolder());
  const made = await makeSnapshot({ ...other.request, directory }, context({ now: () => START - 9 * DAY }));
  const { kept: names } = await prune({ directory, policy: { last: 1 } }, context());
  assert.deepEqual(names.sort(), [made.name, snapshotName(START + 2 * DAY)]);
});
