import assert from "node:assert/strict";
import { test } from "node:test";
import { ExactSearch } from "../../src/vectors/exact.js";
import { ExactBatch } from "../../src/vectors/exact-batch.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { RowBitmap } from "../../src/vectors/row-bitmap.js";
import { vectorFormats } from "../../src/vectors/vector-format.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

test("many queries at once find what each finds alone, in every format", async () => {
  const [dimensions, count] = [24, 9000];
  for (const format of vectorFormats) {
    const store = VectorStore.create(dimensions, format);
    const vectors = unitVectors(count, dimensions, randomFrom(1));
    const slots = store.claim(count);
    for (const row of rowsBelow(count)) store.write(slots[row]!, row, vectors, row);
    store.bind(rowsBelow(count), slots);
    const kernels = await loadKernels(store.memory);
    const [one, many] = [new ExactSearch(store, kernels), new ExactBatch(store, kernels)];
    const queries = Array.from({ length: 20 }, (_, i) =>
      vectorAt(unitVectors(1, dimensions, randomFrom(100 + i)), 0, dimensions),
    );
    for (const wanted of [store.live, RowBitmap.of(slots.filter((slot) => slot % 5 === 0)), new RowBitmap()]) {
      const searching = many.search(queries, 30, () => wanted);
      let step = searching.next();
      while (!step.done) step = searching.next();
      for (const [i, query] of queries.entries()) {
        one.begin(query, 30);
        one.scan(wanted);
        assert.deepEqual(step.value[i], one.take());
      }
    }
  }
});
