import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SlotTable } from "../../src/vectors/slot-table.js";

test("a slot table answers as a Map does, for rows anywhere", () => {
  const row = fc.oneof(fc.nat(20), fc.integer({ min: 4090, max: 4100 }), fc.constantFrom(2 ** 31, 2 ** 32 - 1));
  fc.assert(
    fc.property(fc.array(fc.tuple(row, fc.option(fc.nat(1000))), { maxLength: 200 }), (changes) => {
      const table = new SlotTable();
      const map = new Map<number, number>();
      for (const [row, slot] of changes) {
        const before = map.get(row) ?? -1;
        if (slot === null) {
          assert.equal(table.unbind(row), before);
          map.delete(row);
        } else {
          assert.equal(table.bind(row, slot), before);
          map.set(row, slot);
        }
      }
      assert.equal(table.size, map.size);
      assert.deepEqual(
        [...table.rows()],
        [...map.keys()].sort((a, b) => a - b),
      );
      for (const [row] of changes) assert.equal(table.slotOf(row), map.get(row) ?? -1);
    }),
  );
});
