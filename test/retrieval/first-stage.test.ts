import assert from "node:assert/strict";
import { test } from "node:test";
import { firstStage } from "../../src/retrieval/first-stage.js";
import { checkSearchRequest, type SearchRequest } from "../../src/retrieval/request.js";
import type { SearchRooms } from "../../src/retrieval/search.js";
import { StageClock } from "../../src/retrieval/stage-clock.js";
import { openVectorIndex, RowBitmap } from "../../src/vectors/index.js";

const dimensions = 8;
const count = 600;

// Unit vectors on a spiral.
const vectors = new Float32Array(count * dimensions);
for (let row = 0; row < count; row++) {
  for (let i = 0; i < dimensions; i += 2) {
    vectors[row * dimensions + i] = Math.cos((row * (i + 1)) / 97) / 2;
    vectors[row * dimensions + i + 1] = Math.sin((row * (i + 1)) / 97) / 2;
  }
}

test("a request's plan and numbers reach the vectors, and the answer names what it was searched with", async (t) => {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 100, listsFromRows: 200 } });
  t.after(() => index.close());
  await index.add(
    Uint32Array.from({ length: count }, (_, row) => row),
    vectors,
  );
  await index.settle();
  const embedder = { embed: async () => ({ vector: vectors.slice(0, dimensions), isKnown: false }) };
  const rooms = { vectors: () => index, embedder } as unknown as SearchRooms;
  const planOf = async (request: Partial<SearchRequest>, allow?: RowBitmap) => {
    const checked = checkSearchRequest({ query: "any", mode: "dense", ...request });
    const fusion = { method: "convex", lexicalWeight: 0 } as const;
    const query = { terms: [], allow, scope: undefined, depth: 20, fusion, signal: undefined };
    const { plan, fused } = await firstStage(rooms, checked, query, new StageClock());
    assert.equal(fused[0]?.row, 0);
    const { reason, ...rest } = plan;
    assert.ok(reason.length > 0);
    return rest;
  };
  assert.deepEqual(await planOf({ plan: "exact" }), { kind: "exact" });
  assert.deepEqual(await planOf({ plan: "prefilter", oversampling: 2.5 }), { kind: "prefilter", oversampling: 2.5 });
  const lists = await planOf({ plan: "ivf", probes: 5, oversampling: 3 });
  assert.ok(lists.kind === "ivf" && lists.oversampling === 3 && lists.probes >= 1 && lists.probes <= 8);
  const measured = await planOf({ plan: "ivf" }, RowBitmap.below(500));
  assert.ok(measured.kind !== "exact" && measured.kind !== "none" && !("ef" in measured) && measured.oversampling >= 1);
  // A recall of 1 takes an exact search, whatever else is wished for.
  assert.deepEqual(await planOf({ recall: 1, oversampling: 2, probes: 2, ef: 2 }), { kind: "exact" });
  assert.deepEqual(
    await firstStage(
      rooms,
      checkSearchRequest({ query: "any", mode: "lexical" }),
      {
        terms: [],
        allow: undefined,
        scope: undefined,
        depth: 20,
        fusion: { method: "convex", lexicalWeight: 1 },
        signal: undefined,
      },
      new StageClock(),
    ).then(({ plan }) => plan),
    { kind: "none", reason: "not asked for" },
  );
});
