import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import { openVectorIndex, RowBitmap, type VectorIndex } from "../../src/vectors/index.js";
import { naiveScores, naiveTop, randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

async function open(t: TestContext, dimensions: number): Promise<VectorIndex> {
  const index = await openVectorIndex({ dimensions });
  t.after(() => index.close());
  return index;
}

// A palette of few vectors: equal ones tie exactly, different ones lie far apart, so the expected rows are certain.
const dimensions = 20;
const paletteSize = 12;
const palette = unitVectors(paletteSize, dimensions, randomFrom(11));

function vectorsOfColours(colours: number[]): Float32Array {
  const vectors = new Float32Array(colours.length * dimensions);
  colours.forEach((colour, i) => {
    vectors.set(vectorAt(palette, colour, dimensions), i * dimensions);
  });
  return vectors;
}

const row = fc.oneof(fc.nat(30), fc.integer({ min: 4090, max: 4110 }), fc.constantFrom(1_000_000, 2 ** 32 - 1));
const step = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    entries: fc.array(fc.tuple(row, fc.nat(paletteSize - 1)), { maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), rows: fc.array(row, { maxLength: 6 }) }),
  fc.record({
    kind: fc.constant("search" as const),
    colour: fc.nat(paletteSize - 1),
    k: fc.integer({ min: 1, max: 20 }),
    allow: fc.option(
      fc.array(
        row.filter((number) => number < 2 ** 21),
        { maxLength: 20 },
      ),
    ),
  }),
);

test("an index answers as a Map and a sort do, whatever is added, replaced and removed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const index = await openVectorIndex({ dimensions });
      const colours = new Map<number, number>();
      for (const step of steps) {
        if (step.kind === "add") {
          const rows = Uint32Array.from(step.entries, ([row]) => row);
          await index.add(rows, vectorsOfColours(step.entries.map(([, colour]) => colour)));
          for (const [row, colour] of step.entries) colours.set(row, colour);
        } else if (step.kind === "remove") {
          await index.remove(Uint32Array.from(step.rows));
          for (const row of step.rows) colours.delete(row);
        } else {
          const query = vectorAt(palette, step.colour, dimensions);
          const byColour = naiveScores(palette, dimensions, query);
          const allowed = [...colours.keys()].filter((row) => step.allow === null || step.allow.includes(row));
          const expected = allowed
            .sort((a, b) => byColour[colours.get(b)!]! - byColour[colours.get(a)!]! || a - b)
            .slice(0, step.k);
          const allow = step.allow === null ? undefined : RowBitmap.of(step.allow);
          const { rows, scores } = await index.search(query, { k: step.k, allow });
          assert.deepEqual([...rows], expected);
          rows.forEach((row, rank) => {
            assert.ok(Math.abs(scores[rank]! - byColour[colours.get(row)!]!) < 1e-5);
          });
        }
      }
      const { rows } = await index.status();
      assert.equal(rows, colours.size);
      const present = Uint32Array.from(colours.keys());
      assert.deepEqual(await index.vectorsOf(present), vectorsOfColours([...colours.values()]));
      await index.close();
    }),
    { numRuns: 40 },
  );
});

test("a replaced batch is seen whole or not at all, however many searches run", async (t) => {
  const index = await open(t, dimensions);
  const rows = rowsBelow(600);
  const query = vectorAt(palette, 0, dimensions);
  const batch = (colour: number) => vectorsOfColours(Array.from(rows, () => colour));
  await index.add(rows, batch(0));
  const changes = (async () => {
    for (let round = 1; round <= 40; round++) await index.add(rows, batch(round % paletteSize));
  })();
  let searches = 0;
  let changing = true;
  changes.finally(() => {
    changing = false;
  });
  while (changing) {
    const found = await Promise.all([1, 2, 3].map(() => index.search(query, { k: 600 })));
    for (const { rows, scores } of found) {
      assert.equal(rows.length, 600);
      assert.equal(new Set(scores).size, 1);
      searches++;
    }
  }
  await changes;
  assert.ok(searches > 10);
});

test("the memory of removed and replaced rows is used again", async (t) => {
  const index = await open(t, dimensions);
  await index.add(rowsBelow(3000), unitVectors(3000, dimensions, randomFrom(1)));
  for (let round = 1; round < 8; round++) {
    const rows = rowsBelow(1500).map((row) => row + round * 1_000_000);
    await index.add(rows, unitVectors(1500, dimensions, randomFrom(round)));
    await index.remove(rows);
    await index.add(rowsBelow(1000), unitVectors(1000, dimensions, randomFrom(round)));
  }
  const { bytes, rows } = await index.status();
  assert.equal(rows, 3000);
  // Two chunks of 4096 slots, each a row number and 32 floats.
  assert.equal(bytes, 2 * 4096 * 33 * 4);
});

test("rows beyond the first chunks are found, and read back as they were given", async (t) => {
  const index = await open(t, dimensions);
  const count = 20_000;
  const vectors = unitVectors(count, dimensions, randomFrom(9));
  for (let start = 0; start < count; start += 5000) {
    const rows = rowsBelow(5000).map((row) => row + start);
    await index.add(rows, vectors.subarray(start * dimensions, (start + 5000) * dimensions));
  }
  for (const row of [0, 4095, 4096, 12_345, 19_999]) {
    const query = vectorAt(vectors, row, dimensions);
    const { rows, scores } = await index.search(query, { k: 3 });
    const truth = naiveScores(vectors, dimensions, query);
    assert.deepEqual([...rows], naiveTop(truth, rowsBelow(count), 3));
    assert.ok(Math.abs(scores[0]! - 1) < 1e-5);
    assert.deepEqual(await index.vectorsOf(Uint32Array.of(row)), query);
  }
});

test("an add larger than one slice is checked whole before any of it counts", async (t) => {
  const wide = 1024;
  const index = await open(t, wide);
  const vectors = unitVectors(1100, wide, randomFrom(2));
  vectors[1099 * wide] = Number.NaN;
  await assert.rejects(index.add(rowsBelow(1100), vectors), withCode("VECTOR_INVALID"));
  assert.equal((await index.status()).rows, 0);
});

test("vectors that are no unit vectors of the right length are refused, as rows and as queries", async (t) => {
  const index = await open(t, 3);
  const good = Float32Array.of(0.6, 0.8, 0);
  const bad: Record<string, Float32Array> = {
    "a NaN": Float32Array.of(0.6, Number.NaN, 0),
    "an Infinity": Float32Array.of(Number.POSITIVE_INFINITY, 0, 0),
    "the zero vector": new Float32Array(3),
    "a long one": Float32Array.of(0.6, 0.8, 0.1),
    "too few numbers": Float32Array.of(0.6, 0.8),
    "too many numbers": Float32Array.of(0.6, 0.8, 0, 0),
    "none at all": new Float32Array(0),
  };
  await index.add(Uint32Array.of(5), good);
  for (const [what, vector] of Object.entries(bad)) {
    await assert.rejects(index.add(Uint32Array.of(6), vector), withCode("VECTOR_INVALID"), `adding ${what}`);
    await assert.rejects(index.search(vector, { k: 1 }), withCode("VECTOR_INVALID"), `searching ${what}`);
  }
  const plain = [0.6, 0.8, 0] as unknown as Float32Array;
  await assert.rejects(index.add(Uint32Array.of(6), plain), withCode("VECTOR_INVALID"));
  await assert.rejects(index.add([6] as unknown as Uint32Array, good), withCode("INVALID_INPUT"));
  // One bad vector among good ones keeps all of them out.
  const mixed = Float32Array.of(0.6, 0.8, 0, 1, 1, 1);
  await assert.rejects(index.add(Uint32Array.of(7, 8), mixed), withCode("VECTOR_INVALID"));
  const { rows } = await index.search(good, { k: 10 });
  assert.deepEqual([...rows], [5]);
});

test("a norm within a thousandth of 1 is let in", async (t) => {
  const index = await open(t, 2);
  await index.add(Uint32Array.of(0), Float32Array.of(1.0009, 0));
  await assert.rejects(index.add(Uint32Array.of(1), Float32Array.of(1.0011, 0)), withCode("VECTOR_INVALID"));
});

test("k and ef that are no counts are refused", async (t) => {
  const index = await open(t, 2);
  const query = Float32Array.of(1, 0);
  for (const count of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(index.search(query, { k: count }), withCode("INVALID_INPUT"));
    await assert.rejects(index.search(query, { k: 1, ef: count }), withCode("INVALID_INPUT"));
  }
});

test("an empty index finds nothing, and k above the rows gives all of them", async (t) => {
  const index = await open(t, 2);
  const query = Float32Array.of(1, 0);
  assert.equal((await index.search(query, { k: 10 })).rows.length, 0);
  await index.add(Uint32Array.of(3, 1), Float32Array.of(1, 0, 0, 1));
  const { rows } = await index.search(query, { k: 1_000_000 });
  assert.deepEqual([...rows], [3, 1]);
  assert.equal((await index.search(query, { k: 10, allow: new RowBitmap() })).rows.length, 0);
});

test("of a row given twice the last vector counts, and removing twice is the same as once", async (t) => {
  const index = await open(t, 2);
  await index.add(Uint32Array.of(4, 4), Float32Array.of(1, 0, 0, 1));
  assert.deepEqual(await index.vectorsOf(Uint32Array.of(4)), Float32Array.of(0, 1));
  await index.remove(Uint32Array.of(4, 4, 99));
  await index.remove(Uint32Array.of(4));
  assert.equal((await index.status()).rows, 0);
  await assert.rejects(index.vectorsOf(Uint32Array.of(4)), withCode("NOT_FOUND"));
});

test("changes take effect in the order in which they were asked for, awaited or not", async (t) => {
  const index = await open(t, 2);
  const row = Uint32Array.of(1);
  const added = index.add(row, Float32Array.of(1, 0));
  const removed = index.remove(row);
  const again = index.add(row, Float32Array.of(0, 1));
  await Promise.all([added, removed, again]);
  assert.deepEqual(await index.vectorsOf(row), Float32Array.of(0, 1));
});

test("a large add that is still being checked comes before a removal asked for after it", async (t) => {
  const wide = 1024;
  const index = await open(t, wide);
  const added = index.add(rowsBelow(1100), unitVectors(1100, wide, randomFrom(2)));
  const removed = index.remove(Uint32Array.of(5));
  await Promise.all([added, removed]);
  assert.equal((await index.status()).rows, 1099);
  await assert.rejects(index.vectorsOf(Uint32Array.of(5)), withCode("NOT_FOUND"));
});

test("many queries at once are answered as one after the other, and a bad one among them is named", async (t) => {
  const index = await open(t, 8);
  await index.add(rowsBelow(50), unitVectors(50, 8, randomFrom(3)));
  const queries = unitVectors(20, 8, randomFrom(4));
  const allow = RowBitmap.of(rowsBelow(30));
  const many = await index.searchMany(queries, { k: 5, allow });
  assert.equal(many.length, 20);
  for (const [i, { rows, scores }] of many.entries()) {
    const one = await index.search(vectorAt(queries, i, 8), { k: 5, allow });
    assert.deepEqual([rows, scores], [one.rows, one.scores]);
  }
  assert.deepEqual(await index.searchMany(new Float32Array(0), { k: 5 }), []);
  await assert.rejects(index.searchMany(queries.slice(1), { k: 5 }), withCode("VECTOR_INVALID"));
  queries[13 * 8] = Number.NaN;
  await assert.rejects(index.searchMany(queries, { k: 5 }), /Vector 13 has NaN/);
  await assert.rejects(index.searchMany(queries.slice(0, 8), { k: 0 }), withCode("INVALID_INPUT"));
});

test("dimensions outside 1 to 4096 are refused", async () => {
  for (const dimensions of [0, -3, 2.5, 4097, Number.NaN]) {
    await assert.rejects(openVectorIndex({ dimensions }), withCode("INVALID_INPUT"));
  }
});

test("aborted searches end with ABORTED and leave the index working", async (t) => {
  const index = await open(t, 2);
  await index.add(Uint32Array.of(1), Float32Array.of(1, 0));
  const query = Float32Array.of(1, 0);
  const abort = new AbortController();
  const searches = [1, 2, 3].map(() => index.search(query, { k: 1, signal: abort.signal }));
  abort.abort();
  for (const search of searches) await assert.rejects(search, withCode("ABORTED"));
  assert.deepEqual([...(await index.search(query, { k: 1 })).rows], [1]);
});

test("a closed index says so", async () => {
  const index = await openVectorIndex({ dimensions: 2 });
  await index.close();
  await index.close();
  await assert.rejects(index.search(Float32Array.of(1, 0), { k: 1 }), withCode("CLOSED"));
  await assert.rejects(index.add(Uint32Array.of(1), Float32Array.of(1, 0)), withCode("CLOSED"));
});
