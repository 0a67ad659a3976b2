import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimalOrder } from "../../src/lexical/impact-batch.js";
import { ImpactBatch } from "../../src/lexical/index.js";

const id = fc.oneof(
  fc.nat(30_521),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(1, 10, 100, 2, 2 ** 32 - 1),
);

test("numbers are in the order of their decimals as strings", () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 60 }), (ids) => {
      assert.deepEqual([...decimalOrder(Uint32Array.from(ids))].map(String), ids.map(String).sort());
    }),
  );
});

test("a batch holds the terms and impacts of its rows, whatever rows are passed over", () => {
  const entry = fc.tuple(id, fc.integer({ min: 1, max: 255 }));
  const row = fc.option(fc.uniqueArray(entry, { selector: ([term]) => term, maxLength: 12 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 50 }), fc.nat(100), (rows, firstRow) => {
      const batch = new ImpactBatch(firstRow, "one");
      rows.forEach((entries, i) => {
        if (!entries) return;
        const terms = Uint32Array.from(entries, ([term]) => term);
        batch.add({ terms, impacts: Uint8Array.from(entries, ([, impact]) => impact) }, firstRow + i);
      });
      const { endRow } = batch;
      const made = batch.finish();
      assert.equal(made.firstRow + made.rowCount, endRow);
      const found: Map<number, number>[] = Array.from({ length: made.rowCount }, () => new Map());
      made.terms.forEach((term, t) => {
        for (let i = made.termStarts[t]!; i < made.termStarts[t + 1]!; i++) {
          found[made.rows[i]!]!.set(Number(term), made.values[i]!);
        }
      });
      rows.slice(0, made.rowCount).forEach((entries, i) => {
        assert.deepEqual(found[i], new Map(entries ?? []));
        assert.equal((made.present[i >>> 5]! >>> (i & 31)) & 1, entries ? 1 : 0);
      });
      assert.ok(rows.slice(made.rowCount).every((entries) => entries === undefined));
    }),
  );
});
