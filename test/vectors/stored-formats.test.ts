import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { openVectorIndex, type VectorFormat, type VectorIndex, vectorFormats } from "../../src/vectors/index.js";
import { truncated } from "../../src/vectors/truncation.js";
import { temporaryFolder } from "../temporary-folder.js";
import { clusteredVectors, naiveScores, naiveTop, randomFrom, rowsBelow, vectorAt } from "./random-vectors.js";

const [dimensions, count] = [64, 3000];
const vectors = clusteredVectors(count, dimensions, randomFrom(1));
const queries = clusteredVectors(20, dimensions, randomFrom(2));

async function filled(t: TestContext, options: { format?: VectorFormat; truncate?: number }): Promise<VectorIndex> {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 1000, listsFromRows: 2000 }, ...options });
  t.after(() => index.close());
  await index.add(rowsBelow(count), vectors);
  return index;
}

for (const format of vectorFormats) {
  for (const truncate of [dimensions, 24]) {
    test(`${format}, ${truncate} of ${dimensions} dimensions: all ways of searching agree on the vectors as they are kept`, async (t) => {
      const index = await filled(t, { format, truncate });
      assert.equal(index.dimensions, dimensions);
      assert.equal(index.storedDimensions, truncate);
      const kept = await index.vectorsOf(rowsBelow(count));
      const cut = truncated(vectors, dimensions, truncate);
      assert.equal(kept.length, cut.length);
      assert.ok(
        kept.every((value, i) => Math.abs(value - cut[i]!) < 0.005),
        "vectors are kept nearly as given",
      );

      await index.settle();
      await index.buildGraph({ directory: temporaryFolder(), modelVersion: "m", sequence: 1 });
      const { codes, graph } = await index.status();
      assert.equal(codes.state, "ready");
      assert.equal(graph.state === "ready" && graph.usable, count);
      const found = { exact: 0, prefilter: 0, ivf: 0, graph: 0 };
      for (let i = 0; i < 20; i++) {
        const query = vectorAt(queries, i, dimensions);
        const truth = naiveScores(kept, truncate, truncated(query, dimensions, truncate));
        const best = new Set(naiveTop(truth, rowsBelow(count), 10));
        for (const plan of ["exact", "prefilter", "ivf", "graph"] as const) {
          const { rows, scores, plan: taken } = await index.search(query, { k: 10, plan });
          assert.equal(taken.kind, plan);
          found[plan] += rows.filter((row) => best.has(row)).length;
          rows.forEach((row, rank) => {
            assert.ok(Math.abs(scores[rank]! - truth[row]!) < 1e-4, `${plan}: ${scores[rank]} for ${truth[row]}`);
          });
        }
      }
      assert.ok(
        found.exact >= 199 && found.prefilter >= 190 && found.ivf >= 190 && found.graph >= 190,
        JSON.stringify(found),
      );
    });
  }
}

test("a query's own vector comes first with cosine 1 in every format, replaced and removed rows included", async (t) => {
  for (const format of vectorFormats) {
    const index = await filled(t, { format, truncate: 32 });
    await index.add(Uint32Array.of(7), vectorAt(vectors, 8, dimensions));
    await index.remove(Uint32Array.of(8));
    const { rows, scores } = await index.search(vectorAt(vectors, 8, dimensions), { k: 1 });
    assert.equal(rows[0], 7);
    assert.ok(Math.abs(scores[0]! - 1) < 0.001, `${format}: ${scores[0]}`);
    const [one] = await index.searchMany(vectors.slice(0, dimensions), { k: 1 });
    assert.equal(one?.rows[0], 0);
  }
});

test("a graph of vectors kept otherwise is not taken for this index's own", async (t) => {
  const place = { directory: temporaryFolder(), modelVersion: "m" };
  await (await filled(t, {})).buildGraph({ ...place, sequence: 1 });
  const index = await filled(t, { format: "int8" });
  const graph = await index.loadGraph(place);
  assert.equal(graph.state === "ready" && graph.usable, 0);
  const { rows } = await index.search(vectorAt(vectors, 5, dimensions), { k: 10, plan: "graph" });
  assert.equal(rows[0], 5);
  await assert.rejects(
    (await filled(t, { truncate: 32 })).loadGraph(place),
    (error) => error instanceof LodestoneError && error.code === "MODEL_VERSION_MISMATCH",
  );
});

test("status tells how vectors are kept and what they take", async (t) => {
  const chunkBytes = (elementBytes: number, stride: number, perRow: number) => 4096 * (elementBytes * stride + perRow);
  for (const [format, truncate, bytes] of [
    ["float32", 64, chunkBytes(4, 64, 4)],
    ["float16", 64, chunkBytes(2, 64, 4)],
    ["int8", 64, chunkBytes(1, 64, 8)],
    ["int8", 20, chunkBytes(1, 32, 8)],
  ] as const) {
    const status = await (await filled(t, { format, truncate })).status();
    assert.deepEqual(
      [status.dimensions, status.format, status.storedDimensions, status.bytes],
      [dimensions, format, truncate, bytes],
    );
  }
});

test("unknown formats and truncations that cannot be are refused", async () => {
  const refused = (pattern: RegExp) => (error: unknown) =>
    error instanceof LodestoneError && error.code === "INVALID_INPUT" && pattern.test(error.message);
  await assert.rejects(
    openVectorIndex({ dimensions, format: "bfloat16" as VectorFormat }),
    refused(/float32, float16, int8, not "bfloat16"/),
  );
  for (const truncate of [0, -1, 1.5, Number.NaN, dimensions + 1]) {
    await assert.rejects(openVectorIndex({ dimensions, truncate }), refused(/from 1 to 64/));
  }
});

test("a vector with nothing in the dimensions that are kept is refused, and so is such a query", async (t) => {
  const index = await filled(t, { truncate: 16 });
  const axis = new Float32Array(dimensions);
  axis[16] = 1;
  const refused = (error: unknown) =>
    error instanceof LodestoneError && error.code === "VECTOR_INVALID" && /first 16 dimensions/.test(error.message);
  await assert.rejects(index.add(Uint32Array.of(1), axis), refused);
  await assert.rejects(index.search(axis, { k: 1 }), refused);
  await assert.rejects(index.searchMany(axis, { k: 1 }), refused);
  assert.equal((await index.status()).rows, count);
});

test("vectors too short to be squared in float32 are brought to unit length too", () => {
  const vector = new Float32Array(32);
  vector.set([3e-30, 4e-30, 0, 0]);
  vector[31] = 1;
  const cut = truncated(vector, 32, 4);
  assert.ok(Math.abs(cut[0]! - 0.6) < 1e-6 && Math.abs(cut[1]! - 0.8) < 1e-6);
});
