import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { choosePlan, defaultEf, type PlanFacts } from "../../src/vectors/choose-plan.js";
import { addonPackage, loadAddon } from "../../src/vectors/graph.js";
import { GraphCalibration, measuredEfs } from "../../src/vectors/graph-calibration.js";
import { openVectorIndex, RowBitmap, type VectorIndex } from "../../src/vectors/index.js";
import { randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };

const curve = [
  { ef: 32, recallAt10: 0.9, recallAt100: 0.3 },
  { ef: 64, recallAt10: 0.97, recallAt100: 0.6 },
  { ef: 128, recallAt10: 0.992, recallAt100: 0.95 },
  { ef: 256, recallAt10: 0.998, recallAt100: 0.994 },
  { ef: 512, recallAt10: 0.9995, recallAt100: 0.998 },
];
const measured = new GraphCalibration({ queries: 200, source: "rows", rows: 1000, curve });
const ofSearches = new GraphCalibration({ queries: 200, source: "searches", rows: 1000, curve });

test("the smallest ef is taken that reaches the recall with only a part of the loss it allows", () => {
  // With the index's own vectors a quarter of the loss is used: 0.9 takes 0.975 measured, 0.99 takes 0.9975.
  assert.deepEqual(
    [0.9, 0.95, 0.98, 0.99].map((recall) => measured.efFor(recall, 10)),
    [128, 128, 256, 256],
  );
  // With searches that were made, half of it: 0.95 and 0.995.
  assert.deepEqual(
    [0.9, 0.99].map((recall) => ofSearches.efFor(recall, 10)),
    [64, 256],
  );
  assert.deepEqual([measured.efFor(0.9, 1), measured.efFor(0.9, 100), measured.efFor(0.99, 100)], [128, 256, 512]);
});

test("a recall that is only just reached is taken without the margin, one that is not is not promised", () => {
  assert.equal(measured.efFor(0.9995, 10), 512);
  assert.equal(measured.efFor(0.9999, 10), undefined);
  assert.equal(measured.efFor(0.999, 10), 512);
  assert.equal(measured.efFor(0.999, 100), undefined);
});

test("more results never take a smaller ef, and more than were measured take proportionally more", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.constantFrom(0.9, 0.95, 0.98, 0.99), (k, recall) => {
      const [ef, next] = [measured.efFor(recall, k), measured.efFor(recall, k + 1)];
      assert.ok(ef !== undefined && next !== undefined && ef <= next && ef >= k);
    }),
  );
  assert.equal(measured.efFor(0.99, 1000), 5120);
});

test("the planner takes the measured ef, says where none does, and until then what is usual", () => {
  const graph = { state: "ready", rows: 2_000_000, eligibleRows: 2_000_000 } as const;
  const facts: PlanFacts = {
    ...{ requested: "auto", recall: 0.99, dimensions: 512, k: 10, rows: 2_000_000, eligibleRows: 2_000_000 },
    codes: { state: "none", reason: "codes are switched off" },
    graph,
  };
  const withCurve = (more: Partial<PlanFacts>) =>
    choosePlan({ ...facts, graph: { ...graph, calibration: measured }, ...more });
  assert.deepEqual(withCurve({}).plan, { kind: "graph", ef: 256 });
  assert.deepEqual(withCurve({ recall: 0.9 }).plan, { kind: "graph", ef: 128 });
  assert.deepEqual(withCurve({ ef: 77 }).plan, { kind: "graph", ef: 77 });
  assert.match(withCurve({ recall: 0.9999 }).reason, /walks of the graph do not reach a recall of 0.9999 here/);
  assert.deepEqual(withCurve({ recall: 0.9999, requested: "graph" }).plan.kind, "graph");
  assert.deepEqual(choosePlan(facts).plan, { kind: "graph", ef: defaultEf });
  assert.match(choosePlan({ ...facts, recall: 0.999 }).reason, /not measured/);
});

const dimensions = 24;
const count = 6000;
// Spread over the whole sphere, where neighbours are hard to tell: walks with few candidates miss some.
const vectors = unitVectors(count, dimensions, randomFrom(61));

async function withGraph(t: TestContext): Promise<{ index: VectorIndex; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "lodestone-calibration-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const index = await openVectorIndex({ dimensions, codes: { form: "none" } });
  t.after(() => index.close());
  await index.add(rowsBelow(count), vectors);
  await index.buildGraph({ directory, modelVersion: "model@1", sequence: 1 });
  return { index, directory };
}

async function curveOf(index: VectorIndex) {
  await index.settle();
  const { graph } = await index.status();
  assert.ok(graph.state === "ready" && graph.calibration);
  return graph.calibration;
}

/** Share of the exact search's results that walks find, over queries that nothing was measured with. */
async function recallOf(index: VectorIndex, k: number, options: { ef?: number; recall?: number; allow?: RowBitmap }) {
  const queries = unitVectors(150, dimensions, randomFrom(62));
  const exact = await index.searchMany(queries, { k, allow: options.allow, plan: "exact" });
  const walked = await index.searchMany(queries, { k, ...options, plan: "graph" });
  assert.ok(walked.every(({ plan }) => plan.kind === "graph"));
  const found = walked.flatMap(({ rows }, i) => [...rows].filter((row) => exact[i]!.rows.includes(row))).length;
  return found / (k * 150);
}

test("what is measured on a graph holds for other queries, and the planner goes by it", addonIsThere, async (t) => {
  const { index } = await withGraph(t);
  const status = await curveOf(index);
  const { queries, source, rows, curve } = status;
  assert.deepEqual([queries, source, rows], [200, "rows", count]);
  assert.deepEqual(
    curve.map(({ ef }) => ef),
    measuredEfs,
  );
  curve.forEach(({ ef, recallAt10, recallAt100 }, i) => {
    assert.ok(recallAt100 <= Math.min(1, ef / 100) && recallAt10 <= 1);
    if (i > 0) assert.ok(recallAt10 >= curve[i - 1]!.recallAt10 && recallAt100 >= curve[i - 1]!.recallAt100);
  });
  assert.ok(curve[0]!.recallAt10 < 1);
  // The margin for the index's own vectors covers what real queries miss more.
  for (const { ef, recallAt10 } of curve) {
    const found = await recallOf(index, 10, { ef });
    assert.ok(1 - found <= 4 * (1 - recallAt10) + 0.005, `ef ${ef}: measured ${recallAt10}, found ${found}`);
  }
  for (const recall of [0.9, 0.95, 0.99]) {
    for (const k of [1, 10, 50, 100]) {
      const found = await recallOf(index, k, { recall });
      assert.ok(found >= recall - 0.002, `recall ${recall} at ${k}: ${found}`);
    }
  }
  const calibration = new GraphCalibration(status);
  for (const recall of [0.9, 0.99]) {
    for (const k of [10, 100]) {
      const { plan } = await index.search(vectorAt(vectors, 0, dimensions), { k, recall, plan: "graph" });
      assert.deepEqual(plan, { kind: "graph", ef: calibration.efFor(recall, k) });
    }
  }
  const allow = RowBitmap.of(rowsBelow(count).filter((row) => row % 5 < 2));
  assert.ok((await recallOf(index, 10, { allow })) >= 0.99);
});

test(
  "a graph is measured anew with the searches that were made, and so is one that takes its place",
  addonIsThere,
  async (t) => {
    const { index, directory } = await withGraph(t);
    assert.equal((await curveOf(index)).source, "rows");
    await index.searchMany(unitVectors(200, dimensions, randomFrom(63)), { k: 10 });
    // By itself, a moment after.
    for (let source = "rows"; source === "rows"; await setTimeout(20)) {
      const { graph } = await index.status();
      if (graph.state === "ready" && graph.calibration) source = graph.calibration.source;
    }
    const { source, curve: searched } = await curveOf(index);
    assert.equal(source, "searches");
    for (const { ef, recallAt10 } of searched) {
      const found = await recallOf(index, 10, { ef });
      assert.ok(Math.abs(found - recallAt10) < 0.02, `ef ${ef}: measured ${recallAt10}, found ${found}`);
    }
    const place = { directory, modelVersion: "model@1" };
    // Loaded twice in the middle of measuring; then rows go while it measures.
    for (let i = 0; i < 2; i++) await index.loadGraph(place);
    const settled = curveOf(index);
    await index.remove(rowsBelow(count).filter((row) => row % 3 === 0));
    const { rows, curve } = await settled;
    assert.ok(rows === count || rows === count - 2000);
    assert.ok(curve.at(-1)!.recallAt10 > 0.95);
  },
);
