import assert from "node:assert/strict";
import { test } from "node:test";
import { openReader } from "../../src/store/reader.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, recipe } from "./library-fixture.js";

test("documents and vectors of rows, read apart, are what is read together", (t) => {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  for (let i = 0; i < 10; i++) {
    const texts = Array.from({ length: i + 1 }, (_, chunk) => `text ${chunk} of ${i}`);
    writer.write(batchOf([{ id: `d${i}`, texts }], {}, i * 100));
  }
  writer.remove(["d3", "d9", "d0"]);
  writer.write(batchOf([{ id: "d5", texts: ["something else"] }], {}, 5000));
  const reader = openReader(library);
  t.after(() => reader.close());
  for (const maxRows of [1, 7, 1000]) {
    for (let from: number | undefined = 0; from !== undefined; ) {
      const whole = reader.rows(from, maxRows);
      const { vectors, ...documents } = whole;
      assert.deepEqual(reader.rowDocuments(from, maxRows), documents);
      assert.deepEqual(reader.vectors(whole.rows), { rows: whole.rows, vectors });
      from = whole.nextRow;
    }
  }
  // Rows that died, and such as there never were, are left out.
  const { rows, vectors } = reader.vectors(Uint32Array.of(0, 2, 7, 8, 54, 55, 56, 1000));
  assert.deepEqual([...rows], [2, 55]);
  assert.deepEqual([...vectors], [101, 0, 0, 1, 5000, 0, 0, 1]);
  assert.equal(reader.vectors(new Uint32Array(0)).rows.length, 0);
});
