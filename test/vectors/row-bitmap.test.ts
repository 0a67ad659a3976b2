import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { RowBitmap } from "../../src/vectors/index.js";

const rows = fc.uniqueArray(fc.oneof(fc.nat(100), fc.nat(5000)), { maxLength: 200 });
const ascending = (set: Set<number>) => [...set].sort((a, b) => a - b);

test("a bitmap holds what a Set holds, whatever is added and deleted", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(3000)), { maxLength: 300 }), (changes) => {
      const bitmap = new RowBitmap();
      const set = new Set<number>();
      for (const [isAdd, row] of changes) {
        if (isAdd) {
          bitmap.add(row);
          set.add(row);
        } else {
          bitmap.delete(row);
          set.delete(row);
        }
      }
      assert.deepEqual([...bitmap], ascending(set));
      assert.deepEqual([...bitmap.toRows()], ascending(set));
      assert.equal(bitmap.count(), set.size);
      assert.equal(bitmap.rowLimit, Math.max(-1, ...set) + 1);
      for (let row = 0; row < 3100; row += 7) assert.equal(bitmap.has(row), set.has(row));
    }),
  );
});

test("and, or and andNot are those of sets, and leave the other bitmap alone", () => {
  fc.assert(
    fc.property(rows, rows, (left, right) => {
      const [a, b] = [new Set(left), new Set(right)];
      const other = RowBitmap.of(right);
      assert.deepEqual([...RowBitmap.of(left).and(other)], ascending(new Set(left.filter((row) => b.has(row)))));
      assert.deepEqual([...RowBitmap.of(left).or(other)], ascending(new Set([...left, ...right])));
      assert.deepEqual([...RowBitmap.of(left).andNot(other)], ascending(new Set(left.filter((row) => !b.has(row)))));
      assert.deepEqual([...other], ascending(b));
      assert.equal(a.size, RowBitmap.of(left).count());
    }),
  );
});

test("bytes read back give the same rows, from any place in a buffer", () => {
  fc.assert(
    fc.property(rows, fc.nat(3), (list, offset) => {
      const bytes = RowBitmap.of(list).toBytes();
      const within = new Uint8Array(bytes.length + 3);
      within.set(bytes, offset);
      const read = RowBitmap.fromBytes(within.subarray(offset, offset + bytes.length));
      assert.deepEqual([...read], ascending(new Set(list)));
    }),
  );
});

test("bytes carry no trailing zeros", () => {
  const bitmap = RowBitmap.of([3, 90_000]);
  bitmap.delete(90_000);
  assert.equal(bitmap.toBytes().length, 4);
});

test("bytes that are no whole words are refused", () => {
  assert.throws(
    () => RowBitmap.fromBytes(new Uint8Array(6)),
    (error) => error instanceof LodestoneError && error.code === "INVALID_INPUT",
  );
});

test("below(n) has exactly the rows below n", () => {
  for (const count of [0, 1, 31, 32, 33, 64, 1000]) {
    const bitmap = RowBitmap.below(count);
    assert.equal(bitmap.count(), count);
    assert.equal(bitmap.rowLimit, count);
  }
});

test("a clone does not change with its original", () => {
  const original = RowBitmap.of([1, 2]);
  const clone = original.clone();
  original.add(3);
  assert.deepEqual([...clone], [1, 2]);
});

test("the highest row number fits", () => {
  const bitmap = new RowBitmap();
  bitmap.add(2 ** 32 - 1);
  assert.equal(bitmap.has(2 ** 32 - 1), true);
  assert.equal(bitmap.has(2 ** 31 - 1), false);
  assert.equal(bitmap.rowLimit, 2 ** 32);
});
