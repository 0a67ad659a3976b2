import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RowTable } from "../../src/engine/row-table.js";

test("the rows of documents are those that were added for them and not removed, whatever else there is", () => {
  const key = fc.integer({ min: 1, max: 12 });
  const batch = fc.record({
    keys: fc.array(key, { maxLength: 70 }),
    removed: fc.array(fc.nat(200), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 5 }), fc.uniqueArray(key), (batches, asked) => {
      const table = new RowTable();
      const held = new Map<number, number>();
      for (const { keys, removed } of batches) {
        // Row numbers may leave gaps.
        const first = table.end + (keys.length % 3);
        const rows = Uint32Array.from(keys, (_, i) => first + i);
        table.add(rows, Uint32Array.from(keys));
        for (const [i, row] of rows.entries()) held.set(row, keys[i]!);
        table.remove(Uint32Array.from(removed));
        for (const row of removed) held.delete(row);
      }
      const expected = [...held].filter(([, key]) => asked.includes(key)).map(([row]) => row);
      assert.deepEqual(
        [...table.rowsOf(Uint32Array.from(asked).sort())],
        expected.sort((a, b) => a - b),
      );
      for (let row = 0; row < table.end + 3; row++) assert.equal(table.documentOf(row), held.get(row) ?? 0);
    }),
  );
});
