import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { LodestoneError } from "../../src/errors.js";
import { defaultCodes } from "../../src/vectors/code-upkeep.js";
import { openVectorIndex, RowBitmap, type VectorIndex } from "../../src/vectors/index.js";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { codeForms } from "../../src/vectors/quantizer.js";
import { allocate, maxMemoryBytes } from "../../src/vectors/shared-memory.js";
import { VectorSearcher } from "../../src/vectors/vector-searcher.js";
import { VectorStore } from "../../src/vectors/vector-store.js";
import { clusteredVectors, randomFrom, rowsBelow, unitVectors, vectorAt } from "./random-vectors.js";

const dimensions = 64;
const count = 12_000;

async function filled(
  t: TestContext,
  codes: Parameters<typeof openVectorIndex>[0]["codes"] = {},
): Promise<VectorIndex> {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 1000, listsFromRows: 5000, ...codes } });
  t.after(() => index.close());
  await index.add(rowsBelow(count), clusteredVectors(count, dimensions, randomFrom(31)));
  await index.settle();
  return index;
}

type Wish = { allow?: RowBitmap | undefined; k?: number; plan?: "prefilter" | "ivf" };

/** Share of the exact scan's k that a scan of codes finds too, over 60 queries. What both find has the same score, to the bit. */
async function recall(index: VectorIndex, { allow, k = 10, plan = "prefilter" }: Wish = {}): Promise<number> {
  const queries = clusteredVectors(60, dimensions, randomFrom(32));
  let found = 0;
  let wanted = 0;
  for (let i = 0; i < 60; i++) {
    const query = vectorAt(queries, i, dimensions);
    const exact = await index.search(query, { k, allow, plan: "exact" });
    const filtered = await index.search(query, { k, allow, plan });
    assert.equal(filtered.plan.kind, plan);
    assert.equal(filtered.rows.length, exact.rows.length);
    const scores = new Map(Array.from(exact.rows, (row, rank) => [row, exact.scores[rank]]));
    filtered.rows.forEach((row, rank) => {
      if (allow) assert.ok(allow.has(row));
      if (!scores.has(row)) return;
      found++;
      assert.equal(filtered.scores[rank], scores.get(row));
    });
    wanted += exact.rows.length;
  }
  return found / wanted;
}

test("at every selectivity of a filter 99 % of the ten nearest are found, and nothing that it forbids", async (t) => {
  const index = await filled(t);
  const random = randomFrom(33);
  for (const share of [0.001, 0.01, 0.1, 0.5, 1]) {
    const allow = RowBitmap.of(rowsBelow(count).filter(() => random() < share));
    const measured = await recall(index, { allow });
    assert.ok(measured >= 0.99, `at ${share * 100} %: ${measured}`);
  }
  for (const plan of ["prefilter", "ivf"] as const) {
    for (const k of [1, 10, 40, 200]) assert.ok((await recall(index, { k, plan })) >= 0.99, `${k} results by ${plan}`);
  }
});

test("with 30 % of the rows removed as many are found, and none of the removed", async (t) => {
  const index = await filled(t);
  const removed = rowsBelow(count).filter((row) => row % 10 < 3);
  await index.remove(removed);
  const left = RowBitmap.of(rowsBelow(count).filter((row) => row % 10 >= 3));
  assert.ok((await recall(index, { allow: left })) >= 0.99);
  for (const plan of ["prefilter", "ivf"] as const) assert.ok((await recall(index, { plan })) >= 0.99);
});

test("each form can be chosen, and the measured one is the one that needs the fewest candidates", async (t) => {
  for (const form of codeForms) {
    const { codes } = await (await filled(t, { form })).status();
    assert.ok(codes.state === "ready" && codes.form === form && codes.rows === count && codes.calibration);
  }
  const { codes } = await (await filled(t)).status();
  assert.ok(codes.state === "ready");
  const needed = (form: string) => codes.trials.find((trial) => trial.form === form)?.candidates ?? Infinity;
  assert.equal(codes.trials.length, codeForms.length);
  for (const form of codeForms) assert.ok(needed(codes.form) <= needed(form));
});

test("the status says what was measured, and a higher wanted recall takes more candidates", async (t) => {
  const { codes } = await (await filled(t)).status();
  assert.ok(codes.state === "ready" && codes.calibration);
  const { chosen, queries, rows, recallAt3, recallAt10 } = codes.calibration;
  assert.deepEqual([queries, rows], [200, count]);
  assert.ok(recallAt3 <= recallAt10 && recallAt10 <= 1 && recallAt3 > 0);
  assert.ok(chosen.some(({ recall }) => recall === 0.99));
  for (const wanted of [10, 100]) {
    const curve = chosen.filter(({ k }) => k === wanted);
    assert.ok(curve.length > 0);
    curve.forEach(({ recall, oversampling, measured }, i) => {
      assert.ok(measured >= recall);
      if (i > 0) assert.ok(oversampling >= curve[i - 1]!.oversampling);
    });
  }
});

test("an index that has grown is measured again, and gets new codes when it has grown more", async (t) => {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 1000 } });
  t.after(() => index.close());
  const vectors = clusteredVectors(count, dimensions, randomFrom(34));
  for (const [from, to] of [
    [0, 999],
    [999, 1000],
    [1000, 2100],
    [2100, count],
  ] as const) {
    await index.add(rowsBelow(to).slice(from), vectors.subarray(from * dimensions, to * dimensions));
    await index.settle();
    const { codes } = await index.status();
    if (to === 999) {
      assert.ok(codes.state === "none" && /from 1000 rows/.test(codes.reason));
      const { plan, reason } = await index.search(vectorAt(vectors, 5, dimensions), { k: 1, plan: "prefilter" });
      assert.equal(plan.kind, "exact");
      assert.match(reason, /from 1000 rows/);
    } else {
      assert.ok(codes.state === "ready" && codes.rows === to && codes.calibration?.rows === to);
    }
  }
  assert.ok((await recall(index)) >= 0.99);
});

test("lists are made from a number of rows on, and anew when too many rows lie outside them or are gone", async (t) => {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 1000, listsFromRows: 4000 } });
  t.after(() => index.close());
  const vectors = clusteredVectors(count, dimensions, randomFrom(39));
  const listsWith = async (from: number, to: number) => {
    await index.add(rowsBelow(to).slice(from), vectors.subarray(from * dimensions, to * dimensions));
    await index.settle();
    const { codes } = await index.status();
    assert.ok(codes.state === "ready" && codes.rows === to);
    return codes.lists;
  };
  assert.equal(await listsWith(0, 3999), 0);
  const query = vectorAt(vectors, 9, dimensions);
  const { plan, reason } = await index.search(query, { k: 1, plan: "ivf" });
  assert.equal(plan.kind, "exact");
  assert.match(reason, /in no lists/);
  const first = await listsWith(3999, 6500);
  assert.ok(first >= 6500 / 32);
  // What is in no list yet is looked at by every search.
  assert.equal(await listsWith(6500, 7000), first);
  for (const row of [6600, 6999, 20]) {
    const { rows } = await index.search(vectorAt(vectors, row, dimensions), { k: 1, plan: "ivf", probes: 5 });
    assert.equal(rows[0], row);
  }
  assert.ok((await listsWith(7000, count)) > first);
  await index.remove(rowsBelow(count).filter((row) => row % 2 === 0));
  await index.settle();
  const { codes } = await index.status();
  assert.ok(codes.state === "ready" && codes.lists > 0 && codes.lists < (1.2 * count) / 2 / 32);
  assert.ok((await recall(index, { plan: "ivf" })) >= 0.99);
});

test("few lists find less than many, and all of them what the scan without lists finds", async (t) => {
  const index = await filled(t);
  const queries = clusteredVectors(40, dimensions, randomFrom(32));
  const found = async (probes: number) => {
    const by = async (plan: "exact" | "ivf") =>
      (await index.searchMany(queries, { k: 10, plan, probes, oversampling: 30 })).map(({ rows }) => [...rows]);
    const exact = await by("exact");
    return (await by("ivf")).flatMap((rows, i) => rows.filter((row) => exact[i]!.includes(row))).length;
  };
  const [few, some, all] = [await found(1), await found(20), await found(1e6)];
  assert.ok(few < some && some <= all && all >= 0.99 * 400);
});

test("after enough searches the index is measured with them instead of its own vectors", async (t) => {
  const index = await filled(t);
  const sourceOf = async () => {
    await index.settle();
    const { codes } = await index.status();
    assert.ok(codes.state === "ready");
    return codes.calibration.source;
  };
  assert.equal(await sourceOf(), "rows");
  await index.searchMany(clusteredVectors(200, dimensions, randomFrom(40)), { k: 10 });
  assert.equal(await sourceOf(), "searches");
  for (const plan of ["prefilter", "ivf"] as const) assert.ok((await recall(index, { plan })) >= 0.99);
});

test("codes that are switched off are not made", async (t) => {
  const { codes } = await (await filled(t, { form: "none" })).status();
  assert.deepEqual(codes, { state: "none", reason: "codes are switched off" });
});

test("oversampling and recall outside their ranges are refused, and a recall of 1 is an exact search", async (t) => {
  const index = await filled(t);
  const query = unitVectors(1, dimensions, randomFrom(1));
  const refused = (error: unknown) => error instanceof LodestoneError && error.code === "INVALID_INPUT";
  for (const oversampling of [0, 0.99, -3, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(index.search(query, { k: 1, oversampling }), refused);
  }
  for (const recall of [0, 0.89, 1.01, Number.NaN])
    await assert.rejects(index.search(query, { k: 1, recall }), refused);
  for (const minRows of [0, -1, 1.5]) {
    await assert.rejects(openVectorIndex({ dimensions, codes: { scanThreads: minRows } }), refused);
    await assert.rejects(openVectorIndex({ dimensions, codes: { minRows } }), refused);
  }
  await assert.rejects(openVectorIndex({ dimensions, codes: { form: "ternary" as "sign" } }), refused);
  assert.equal((await index.search(query, { k: 1, recall: 1 })).plan.kind, "exact");
  const { plan } = await index.search(query, { k: 10, plan: "prefilter", oversampling: 7 });
  assert.deepEqual(plan, { kind: "prefilter", oversampling: 7 });
});

test("while rows come and go and codes are made, a search sees every acknowledged change", async (t) => {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 500 } });
  t.after(() => index.close());
  const vectors = clusteredVectors(6000, dimensions, randomFrom(35));
  for (let from = 0; from < 6000; from += 300) {
    await index.add(rowsBelow(from + 300).slice(from), vectors.subarray(from * dimensions, (from + 300) * dimensions));
    const removed = rowsBelow(from + 10).slice(from);
    await index.remove(removed);
    for (const row of [from + 20, Math.floor(from / 2) + 15 - (Math.floor(from / 2) % 300)]) {
      const { rows } = await index.search(vectorAt(vectors, row, dimensions), { k: 5, plan: "prefilter" });
      assert.equal(rows[0], row);
    }
    for (const row of [from, from + 9]) {
      const { rows } = await index.search(vectorAt(vectors, row, dimensions), { k: 20, plan: "prefilter" });
      assert.ok(rows.every((found) => found % 300 >= 10));
    }
  }
});

test("where the memory has no room for codes, searches stay exact and the status says why", async () => {
  const store = VectorStore.create(dimensions);
  const vectors = unitVectors(2000, dimensions, randomFrom(38));
  const slots = store.claim(2000);
  for (const row of rowsBelow(2000)) store.write(slots[row]!, row, vectors, row);
  const kernels = await loadKernels(store.memory);
  const unavailable = { state: "unavailable", reason: "not wanted" } as const;
  const searcher = new VectorSearcher(store, kernels, unavailable, { ...defaultCodes, minRows: 1000 });
  searcher.commit({ chunks: [], rows: rowsBelow(2000), slots });
  const query = vectorAt(vectors, 700, dimensions);
  assert.equal(searcher.search({ query, k: 1, plan: "exact" }).rows[0], 700);
  allocate(store.memory, maxMemoryBytes - store.memory.buffer.byteLength);
  while (searcher.work(5));
  const codes = searcher.codeStatus();
  assert.ok(codes.state === "none" && /do not fit/.test(codes.reason));
  const { plan, rows } = searcher.search({ query, k: 1, plan: "prefilter" });
  assert.deepEqual([plan.kind, rows[0]], ["exact", 700]);
});

// Few distinct vectors, so that equal scores abound, and slots that change hands.
const step = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    rows: fc.uniqueArray(fc.nat(80), { minLength: 1, maxLength: 30 }),
    seed: fc.nat(),
  }),
  fc.record({ kind: fc.constant("remove" as const), rows: fc.uniqueArray(fc.nat(80), { maxLength: 20 }) }),
  fc.record({ kind: fc.constant("work" as const), slices: fc.nat(40) }),
  fc.record({
    kind: fc.constant("search" as const),
    seed: fc.nat(),
    k: fc.integer({ min: 1, max: 30 }),
    allowEvery: fc.nat(4),
  }),
);

test("a scan of codes that lets every candidate and list through is the exact search, at whatever moment of making codes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.constantFrom(...codeForms, "measured" as const),
      async (steps, form) => {
        const dimensions = 10;
        const store = VectorStore.create(dimensions);
        const unavailable = { state: "unavailable", reason: "not wanted" } as const;
        const kernels = await loadKernels(store.memory);
        const searcher = new VectorSearcher(store, kernels, unavailable, {
          ...defaultCodes,
          form,
          minRows: 20,
          listsFromRows: 40,
        });
        const slotsOf = (rows: readonly number[]) => rows.map((row) => store.slotOf(row)).filter((slot) => slot >= 0);
        for (const step of steps) {
          if (step.kind === "add") {
            const slots = store.claim(step.rows.length);
            const vectors = unitVectors(step.rows.length, dimensions, randomFrom(step.seed % 7));
            step.rows.forEach((row, i) => {
              store.write(slots[i]!, row, vectors, i);
            });
            const replaced = slotsOf(step.rows);
            searcher.commit({ chunks: [], rows: Uint32Array.from(step.rows), slots });
            store.release(replaced);
          } else if (step.kind === "remove") {
            const freed = slotsOf(step.rows);
            searcher.remove(Uint32Array.from(step.rows));
            store.release(freed);
          } else if (step.kind === "work") {
            for (let i = 0; i < step.slices && searcher.work(0); i++);
          } else {
            const query = unitVectors(1, dimensions, randomFrom(step.seed));
            const { k } = step;
            const allow =
              step.allowEvery === 0
                ? undefined
                : RowBitmap.of(rowsBelow(81).filter((row) => row % step.allowEvery === 0));
            const exact = searcher.search({ query, k, allow, plan: "exact" });
            for (const plan of ["prefilter", "ivf"] as const) {
              const found = searcher.search({ query, k, allow, plan, oversampling: 100, probes: 100 });
              assert.deepEqual([found.rows, found.scores], [exact.rows, exact.scores]);
            }
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("an index large enough for several threads finds with them what it finds with one", async (t) => {
  const [narrow, rows] = [4, 60_000];
  const vectors = unitVectors(rows, narrow, randomFrom(36));
  const queries = unitVectors(30, narrow, randomFrom(37));
  const answers = [];
  for (const scanThreads of [1, 3]) {
    const index = await openVectorIndex({ dimensions: narrow, codes: { scanThreads, form: "sign" } });
    t.after(() => index.close());
    await index.add(rowsBelow(rows), vectors);
    await index.settle();
    const found = await index.searchMany(queries, { k: 10, plan: "prefilter", oversampling: 100 });
    assert.ok(found.every(({ plan }) => plan.kind === "prefilter"));
    answers.push(found.map(({ rows, scores }) => [rows, scores]));
  }
  assert.deepEqual(answers[1], answers[0]);
});
