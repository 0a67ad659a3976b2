import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { CodeSearch } from "../../src/vectors/code-search.js";
import { CodeStore } from "../../src/vectors/code-store.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { Quantizer } from "../../src/vectors/quantizer.js";
import { RowBitmap } from "../../src/vectors/row-bitmap.js";
import { ScanPool } from "../../src/vectors/scan-pool.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

const dimensions = 24;
const count = 30_000;

async function coded(t: TestContext) {
  const store = VectorStore.create(dimensions);
  // Every vector three times: equal scores lie in different chunks.
  const vectors = unitVectors(count / 3, dimensions, randomFrom(1));
  const slots = store.claim(count);
  for (const row of rowsBelow(count)) store.write(slots[row]!, row, vectors, row % (count / 3));
  store.bind(rowsBelow(count), slots);
  const kernels = await loadKernels(store.memory);
  const quantizer = new Quantizer("sign", dimensions, new Float32Array(0), { memory: store.memory, kernels });
  const codes = new CodeStore(store, quantizer);
  for (const slot of slots) codes.append(slot);
  const pool = new ScanPool(store.memory, 2);
  t.after(() => pool.close());
  return { store, codes, pool, kernels, queries: unitVectors(200, dimensions, randomFrom(2)) };
}

async function started(pool: ScanPool): Promise<void> {
  while (pool.ready < 2) await setTimeout(5);
}

test("threads that help give the answer of one thread alone, ties included, whenever they wake up", async (t) => {
  const { store, codes, pool, kernels, queries } = await coded(t);
  const [alone, helped] = [new CodeSearch(store, kernels), new CodeSearch(store, kernels)];
  const few = RowBitmap.of([...codes.live].filter((position) => position % 7 === 0));
  const check = () => {
    for (let i = 0; i < 200; i++) {
      const query = vectorAt(queries, i, dimensions);
      for (const [positions, count] of [
        [codes.live, 1],
        [few, 100],
        [codes.live, 5000],
      ] as const) {
        const found = helped.best(codes, query, { positions, count, pool });
        assert.deepEqual(found, alone.best(codes, query, { positions, count }));
      }
    }
  };
  check();
  await started(pool);
  check();
});

test("a scan without its helpers goes on alone", async (t) => {
  const { store, codes, pool, kernels, queries } = await coded(t);
  await started(pool);
  await pool.close();
  const search = new CodeSearch(store, kernels);
  const query = vectorAt(queries, 0, dimensions);
  assert.deepEqual(search.best(codes, query, { count: 50, pool }), search.best(codes, query, { count: 50 }));
});

test("many candidates, for which a sample sets a floor, are those of a full sort, also where the sample misleads", async (t) => {
  const { store, codes, kernels, queries } = await coded(t);
  const search = new CodeSearch(store, kernels);
  const everything = RowBitmap.below(count);
  // Only the blocks that a sample looks at, and only those that it does not.
  const sampled = RowBitmap.of([...everything].filter((position) => Math.floor(position / 32) % 16 === 0));
  const others = RowBitmap.below(count).andNot(sampled);
  for (let i = 0; i < 20; i++) {
    const query = vectorAt(queries, i, dimensions);
    const all = search.best(codes, query, { count });
    assert.equal(all.length, count);
    for (const positions of [everything, sampled, others]) {
      const expected = all.filter((slot) => positions.has(codes.positionOf(slot)));
      for (const count of [200, 1500]) {
        assert.deepEqual(search.best(codes, query, { positions, count }), expected.slice(0, count));
      }
    }
  }
});
