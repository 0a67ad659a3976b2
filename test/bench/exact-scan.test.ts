// The bench's ground truth against a sort of all scores.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { isInSet, NearestLists, scanSlice, shareName, truthSets } from "../../bench/vectors/exact-scan.js";
import { groundTruth } from "../../bench/vectors/ground-truth.js";
import { deletedShare, filterShares, isDeleted, partLimit, partOf } from "../../bench/vectors/row-sets.js";
import { syntheticVectors } from "../../bench/vectors/synthetic-vectors.js";
import { readAll, rowsIn, slicesOf } from "../../bench/vectors/vector-file.js";

const folder = await mkdtemp(join(tmpdir(), "lodestone-bench-"));
after(() => rm(folder, { recursive: true, force: true }));

const vectors = await syntheticVectors(folder, 1500, 7, 24);
const rows = await readAll(vectors.rows);
const queries = await readAll(vectors.queries);

function sortedScores(set: string, query: number, depth: number): { row: number; score: number }[] {
  const scored = Array.from({ length: 1500 }, (_, row) => {
    let score = 0;
    for (let d = 0; d < 24; d++) score += rows[row * 24 + d]! * queries[query * 24 + d]!;
    return { row, score };
  });
  return scored
    .filter(({ row }) => isInSet(set, row))
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, depth);
}

test("the ground truth of every set is the head of all its scores, sorted, whether scanned or read again", async () => {
  for (const run of ["scanned", "read again"]) {
    const truth = await groundTruth(folder, vectors, 20);
    for (const set of truthSets) {
      for (let query = 0; query < 7; query++) {
        const expected = sortedScores(set, query, 20);
        const { rows: found, scores } = truth.of(set, query);
        assert.deepEqual(
          [...found],
          expected.map(({ row }) => row),
          `${set}, query ${query}, ${run}`,
        );
        assert.deepEqual(
          [...scores],
          expected.map(({ score }) => score),
        );
      }
    }
  }
});

test("other queries or fewer rows are another truth", async () => {
  const fewer = { ...vectors, rows: { ...vectors.rows, rows: 400 } };
  const truth = await groundTruth(folder, fewer, 20);
  assert.ok(truth.of("all", 0).rows.every((row) => row < 400));
});

test("slices of any length give the same lists", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (length) => {
      const whole = new Map([["all", new NearestLists(7, 5)]]);
      const parts = new Map([["all", new NearestLists(7, 5)]]);
      scanSlice(rows.subarray(0, 300 * 24), 0, queries, 24, whole);
      for (let first = 0; first < 300; first += length) {
        scanSlice(rows.subarray(first * 24, Math.min(first + length, 300) * 24), first, queries, 24, parts);
      }
      assert.deepEqual(parts, whole);
    }),
    { numRuns: 20 },
  );
});

test("of equal scores the row that comes first stays before", () => {
  const lists = new NearestLists(1, 3);
  for (const row of [4, 7, 2, 9]) lists.offer(0, row, 0.5);
  lists.offer(0, 8, 0.75);
  assert.deepEqual([...lists.rows], [8, 4, 7]);
});

test("filters allow about their share of the rows, the narrow within the wide, and deletes are independent of them", () => {
  const count = 100_000;
  const shareOf = (holds: (row: number) => boolean) =>
    Array.from({ length: count }, (_, row) => row).filter(holds).length / count;
  for (const share of filterShares) {
    const allowed = shareOf((row) => partOf(row) < partLimit(share));
    assert.ok(Math.abs(allowed - share) < 0.1 * share + 0.0005, `${share}: ${allowed}`);
    assert.equal(isInSet(shareName(share), 3), partOf(3) < partLimit(share));
  }
  const both = shareOf((row) => isDeleted(row) && partOf(row) < partLimit(0.5));
  assert.ok(Math.abs(both - deletedShare / 2) < 0.01, `${both}`);
});

test("vectors have unit length, lie in the file row after row, and are the same when asked for again", async () => {
  const again = await syntheticVectors(join(folder, "again"), 1500, 7, 24);
  assert.deepEqual(await readAll(again.rows), rows);
  assert.equal(await rowsIn(again.rows.path, 24), 1500);
  for (let row = 0; row < 1500; row += 100) {
    const length = Math.hypot(...rows.subarray(row * 24, (row + 1) * 24));
    assert.ok(Math.abs(length - 1) < 1e-6);
  }
  const read: number[] = [];
  for await (const { first, vectors: slice } of slicesOf(again.rows, 333)) {
    assert.equal(read.length, first * 24);
    read.push(...slice);
  }
  assert.deepEqual(Float32Array.from(read), rows);
});
