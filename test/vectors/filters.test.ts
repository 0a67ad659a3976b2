import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { openVectorIndex, RowBitmap, type SearchOptions, type VectorIndex } from "../../src/vectors/index.js";
import { SentFilters } from "../../src/vectors/sent-filters.js";
import {
  clusteredVectors,
  naiveScores,
  naiveTop,
  randomFrom,
  rowsBelow,
  unitVectors,
  vectorAt,
} from "./random-vectors.js";

const dimensions = 64;
const count = 12_000;
const topics = 40;
const queryCount = 60;

/** Unit vectors around 40 centres, vector i around centre i % 40; those after the first `count` are queries. */
const vectors = (() => {
  const noise = unitVectors(count + queryCount, dimensions, randomFrom(51));
  const centres = unitVectors(topics, dimensions, randomFrom(1));
  const drawn = new Float32Array(noise.length);
  for (let i = 0; i < count + queryCount; i++) {
    const vector = vectorAt(noise, i, dimensions).map((x, j) => 0.6 * x + centres[(i % topics) * dimensions + j]!);
    const norm = Math.hypot(...vector);
    drawn.set(
      vector.map((x) => x / norm),
      i * dimensions,
    );
  }
  return drawn;
})();
const topicOf = (row: number) => row % topics;

async function filled(t: TestContext): Promise<VectorIndex> {
  const index = await openVectorIndex({ dimensions, codes: { minRows: 1000, listsFromRows: 3000 } });
  t.after(() => index.close());
  await index.add(rowsBelow(count), vectors.subarray(0, count * dimensions));
  await index.settle();
  return index;
}

type Measured = { recall: number; plans: Set<string> };

/** Share of the exact search's results that a search finds too, under a filter for each query; no row that it forbids, none too few. */
async function measure(
  index: VectorIndex,
  filterOf: (query: number) => RowBitmap,
  options: Omit<SearchOptions, "allow">,
): Promise<Measured> {
  let [found, wanted] = [0, 0];
  const plans = new Set<string>();
  for (let i = 0; i < queryCount; i++) {
    const query = vectorAt(vectors, count + i, dimensions);
    const allow = filterOf(i);
    const exact = await index.search(query, { ...options, allow, plan: "exact" });
    const { rows, plan } = await index.search(query, { ...options, allow });
    assert.equal(rows.length, Math.min(options.k, allow.count()));
    assert.ok(rows.every((row) => allow.has(row)));
    plans.add(plan.kind);
    const expected = new Set(exact.rows);
    found += rows.filter((row) => expected.has(row)).length;
    wanted += expected.size;
  }
  return { recall: found / wanted, plans };
}

const matching = (condition: (row: number) => boolean) => RowBitmap.of(rowsBelow(count).filter(condition));

test("at every selectivity 99 % of the ten nearest are found, by whatever plan", async (t) => {
  const index = await filled(t);
  const plans = new Set<string>();
  for (const share of [0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
    const random = randomFrom(52);
    const allow = matching(() => random() < share);
    for (const plan of ["auto", "prefilter", "ivf"] as const) {
      const measured = await measure(index, () => allow, { k: 10, plan });
      assert.ok(measured.recall >= 0.99, `${plan} at ${share * 100} %: ${measured.recall}`);
      for (const kind of measured.plans) plans.add(kind);
    }
  }
  for (const kind of ["exact", "prefilter", "ivf"]) assert.ok(plans.has(kind), kind);
});

test("a filter that leaves out just what is near the query costs no recall", async (t) => {
  const index = await filled(t);
  const ownTopic = (query: number) => topicOf(count + query);
  const filters: Record<string, (query: number) => RowBitmap> = {
    "all topics but its own": (query) => matching((row) => topicOf(row) !== ownTopic(query)),
    "half of the topics, not its own": (query) =>
      matching((row) => topicOf(row) !== ownTopic(query) && topicOf(row) % 2 === 0),
    "a few topics, not its own": (query) => matching((row) => topicOf(row) !== ownTopic(query) && topicOf(row) < 5),
    "its own topic": (query) => matching((row) => topicOf(row) === ownTopic(query)),
    "all topics but its own, and few of that": (query) =>
      matching((row) => topicOf(row) !== ownTopic(query) || row % 16 === 0),
  };
  for (const [name, filterOf] of Object.entries(filters)) {
    for (const plan of ["auto", "prefilter", "ivf"] as const) {
      const { recall } = await measure(index, filterOf, { k: 10, plan });
      assert.ok(recall >= 0.99, `${name}, ${plan}: ${recall}`);
    }
  }
  const many = await measure(index, filters["all topics but its own"]!, { k: 200, recall: 0.95 });
  assert.ok(many.recall >= 0.95, `${many.recall}`);
});

test("numbers that the caller gives are kept to, and still as many results come as there are", async (t) => {
  const index = await filled(t);
  const query = vectorAt(vectors, count, dimensions);
  const allow = matching((row) => topicOf(row) !== topicOf(count));
  const few = await index.search(query, { k: 10, allow, plan: "prefilter", oversampling: 4 });
  assert.deepEqual([few.plan, few.rows.length], [{ kind: "prefilter", oversampling: 4 }, 10]);
  for (const filter of [undefined, allow]) {
    const { plan, rows } = await index.search(query, {
      k: 10,
      allow: filter,
      plan: "ivf",
      probes: 20,
      oversampling: 8,
    });
    assert.ok(rows.length === 10 && plan.kind !== "exact" && "oversampling" in plan && plan.oversampling >= 8);
  }
  // A list has 32 rows at most.
  const { rows, reason } = await index.search(query, { k: 500, plan: "ivf", probes: 1 });
  assert.equal(rows.length, 500);
  assert.match(reason, /too few rows/);
  const all = await index.search(query, { k: 10, plan: "prefilter", oversampling: 1e6 });
  const exact = await index.search(query, { k: 10, plan: "exact" });
  assert.deepEqual([all.rows, all.scores], [exact.rows, exact.scores]);
});

test("a filter that is known has a number; one that has changed gets another, and the old one stays as it was", () => {
  const sent = new SentFilters();
  const bitmap = RowBitmap.of([3, 40]);
  const first = sent.of(bitmap);
  assert.equal(sent.of(bitmap), first);
  const changes: ((filter: RowBitmap) => void)[] = [
    (filter) => filter.add(7),
    (filter) => filter.delete(3),
    (filter) => filter.or(RowBitmap.of([90])),
    (filter) => filter.and(RowBitmap.of([7, 90])),
    (filter) => filter.andNot(RowBitmap.of([7])),
  ];
  const ids = new Set([first.id]);
  for (const change of changes) {
    change(bitmap);
    const next = sent.of(bitmap);
    assert.deepEqual([...RowBitmap.fromWords(next.words)], [...bitmap]);
    ids.add(next.id);
  }
  assert.equal(ids.size, 6);
  assert.deepEqual([...RowBitmap.fromWords(first.words)], [3, 40]);
  assert.notEqual(sent.of(RowBitmap.of([3, 40])).id, first.id);
});

const small = 16;
const step = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    rows: fc.uniqueArray(fc.nat(150), { minLength: 1, maxLength: 60 }),
    seed: fc.nat(),
  }),
  fc.record({ kind: fc.constant("remove" as const), rows: fc.uniqueArray(fc.nat(150), { maxLength: 30 }) }),
  fc.record({ kind: fc.constant("settle" as const) }),
  fc.record({ kind: fc.constant("allow" as const), filter: fc.nat(2), row: fc.nat(160) }),
  fc.record({ kind: fc.constant("forbid" as const), filter: fc.nat(2), row: fc.nat(160) }),
  fc.record({
    kind: fc.constant("search" as const),
    filter: fc.nat(2),
    seed: fc.nat(),
    k: fc.integer({ min: 1, max: 30 }),
  }),
);

test("filters that are kept and changed between searches answer as if they were new, whatever changes in the index", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const index = await openVectorIndex({ dimensions: small, codes: { minRows: 20, listsFromRows: 40 } });
      const held = new Map<number, Float32Array>();
      const filters = [RowBitmap.below(160), new RowBitmap(), RowBitmap.of([1, 2, 3, 50, 90])];
      const add = async (rows: number[], seed: number) => {
        const drawn = clusteredVectors(rows.length, small, randomFrom(seed));
        await index.add(Uint32Array.from(rows), drawn);
        rows.forEach((row, i) => {
          held.set(row, vectorAt(drawn, i, small));
        });
      };
      await add([...rowsBelow(60)], 5);
      for (const step of steps) {
        if (step.kind === "add") await add(step.rows, step.seed);
        else if (step.kind === "remove") {
          await index.remove(Uint32Array.from(step.rows));
          for (const row of step.rows) held.delete(row);
        } else if (step.kind === "settle") await index.settle();
        else if (step.kind === "allow") filters[step.filter]!.add(step.row);
        else if (step.kind === "forbid") filters[step.filter]!.delete(step.row);
        else {
          const query = unitVectors(1, small, randomFrom(step.seed));
          const allow = filters[step.filter]!;
          const rows = [...held.keys()].filter((row) => allow.has(row)).sort((a, b) => a - b);
          const scores = rows.map((row) => naiveScores(held.get(row)!, small, query)[0]!);
          const expected = naiveTop(scores, rowsBelow(rows.length), step.k).map((place) => rows[place]!);
          for (const plan of ["auto", "exact", "prefilter", "ivf"] as const) {
            // So many candidates that none is missed.
            const options = { k: step.k, allow, plan, oversampling: 1000, probes: 1000 };
            const found = await index.search(query, options);
            assert.equal(found.rows.length, expected.length);
            found.rows.forEach((row, place) => {
              const naive = naiveScores(held.get(row)!, small, query)[0]!;
              assert.ok(
                allow.has(row) && Math.abs(naive - naiveScores(held.get(expected[place]!)!, small, query)[0]!) < 1e-5,
              );
            });
          }
        }
      }
      await index.close();
    }),
    { numRuns: 20 },
  );
});
