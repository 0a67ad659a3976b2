import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type FusedRow, type Fusion, fuse, fusionOf, maxFusedScore, type ScoredRow } from "../../src/retrieval/fuse.js";

const convex = (lexicalWeight: number): Fusion => ({ method: "convex", lexicalWeight });

/** A ranking: distinct rows, scores falling. */
const ranking = fc
  .uniqueArray(fc.record({ row: fc.nat(40), score: fc.double({ min: -5, max: 30, noNaN: true }) }), {
    selector: ({ row }) => row,
    maxLength: 30,
  })
  .map((rows) => rows.sort((a, b) => b.score - a.score || a.row - b.row));

const fusion: fc.Arbitrary<Fusion> = fc.oneof(
  fc.record({ method: fc.constant("convex" as const), lexicalWeight: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    method: fc.constant("rrf" as const),
    k: fc.double({ min: 1, max: 100, noNaN: true }),
    denseWeight: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

// The recipe behind the bundled models' figures, word for word: dictionary of sums, absent means nothing is added.
function naiveConvex(lexical: readonly ScoredRow[], dense: readonly ScoredRow[], weight: number): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [list, share] of [[lexical, weight] as const, [dense, 1 - weight] as const]) {
    const scores = list.map(({ score }) => score);
    const low = Math.min(...scores);
    const spread = Math.max(...scores) - low;
    for (const { row, score } of list) sums.set(row, (sums.get(row) ?? 0) + share * ((score - low) / spread));
  }
  return sums;
}

test("convex fusion adds weighted min-max scores, and a row that one list lacks gets nothing from it", () => {
  const lexical = [
    { row: 1, score: 12 },
    { row: 2, score: 10 },
    { row: 3, score: 2 },
  ];
  const dense = [
    { row: 3, score: 0.9 },
    { row: 4, score: 0.7 },
    { row: 1, score: 0.5 },
  ];
  const fused = fuse({ lexical, dense }, convex(0.6));
  assert.deepEqual(
    fused.map(({ row, score }) => [row, Number(score.toFixed(6))]),
    [
      [1, 0.6],
      [2, 0.48],
      [3, 0.4],
      [4, 0.2],
    ],
  );
  assert.deepEqual(fused[2], {
    row: 3,
    score: 0.4,
    lexicalNorm: 0,
    denseNorm: 1,
    lexical: { rank: 3, score: 2 },
    dense: { rank: 1, score: 0.9 },
  });
  assert.deepEqual(fused[3]?.lexical, undefined);
});

test("reciprocal rank fusion adds 1 / (k + rank), the dense list by its weight", () => {
  const fused = fuse(
    {
      lexical: [{ row: 7, score: 3 }],
      dense: [
        { row: 8, score: 0.9 },
        { row: 7, score: 0.1 },
      ],
    },
    { method: "rrf", k: 60, denseWeight: 0.5 },
  );
  assert.deepEqual(
    fused.map(({ row, score }) => [row, score]),
    [
      [7, 1 / 61 + 0.5 / 62],
      [8, 0.5 / 61],
    ],
  );
});

test("the only hit of a list counts in full", () => {
  const fused = fuse({ lexical: [{ row: 5, score: 3.2 }], dense: [{ row: 6, score: 0.4 }] }, convex(0.6));
  assert.deepEqual(
    fused.map(({ row, score }) => [row, score]),
    [
      [5, 0.6],
      [6, 0.4],
    ],
  );
});

test("rows of equal score follow by row number, and two empty lists fuse to an empty one", () => {
  const list = [9, 3, 7].map((row) => ({ row, score: 1 }));
  assert.deepEqual(
    fuse({ lexical: list, dense: [] }, convex(0.6)).map(({ row }) => row),
    [3, 7, 9],
  );
  assert.deepEqual(fuse({ lexical: [], dense: [] }, convex(0.6)), []);
});

test("law: convex fusion equals the naive sum of the measured recipe", () => {
  const spreads = ranking.filter((list) => list.length > 1 && list[0]!.score - list.at(-1)!.score > 1e-3);
  fc.assert(
    fc.property(spreads, spreads, fc.double({ min: 0, max: 1, noNaN: true }), (lexical, dense, weight) => {
      const expected = naiveConvex(lexical, dense, weight);
      const fused = fuse({ lexical, dense }, convex(weight));
      assert.equal(fused.length, expected.size);
      for (const { row, score } of fused) assert.ok(Math.abs(score - expected.get(row)!) < 1e-9);
    }),
  );
});

test("law: the union is complete, sorted, without NaN, within bounds, and says what each stage said", () => {
  fc.assert(
    fc.property(ranking, ranking, fusion, (lexical, dense, method) => {
      const fused = fuse({ lexical, dense }, method);
      assert.deepEqual(new Set(fused.map(({ row }) => row)), new Set([...lexical, ...dense].map(({ row }) => row)));
      const stage = (list: readonly ScoredRow[], of: (row: FusedRow) => FusedRow["lexical"]) =>
        fused.flatMap((row) => of(row) ?? []).length === list.length &&
        fused.every((row) => !of(row) || list[of(row)!.rank - 1]?.row === row.row);
      assert.ok(stage(lexical, (row) => row.lexical));
      assert.ok(stage(dense, (row) => row.dense));
      fused.forEach(({ row, score }, i) => {
        assert.ok(score >= 0 && score <= maxFusedScore(method) + 1e-12, `score ${score}`);
        const next = fused[i + 1];
        if (next) assert.ok(score > next.score || (score === next.score && row < next.row));
      });
    }),
  );
});

test("a third list takes its share from the other two, and leaves all as it was where there is none", () => {
  const lexical = [
    { row: 1, score: 9 },
    { row: 2, score: 1 },
  ];
  const dense = [
    { row: 2, score: 0.9 },
    { row: 1, score: 0.1 },
  ];
  const sparse = [
    { row: 3, score: 5 },
    { row: 2, score: 4 },
    { row: 1, score: 1 },
  ];
  const three: Fusion = { method: "convex", lexicalWeight: 0.25, sparseWeight: 0.4 };
  const byRow = new Map(fuse({ lexical, dense, sparse }, three).map((row) => [row.row, row]));
  const expected = [
    [1, 0.6 * 0.25],
    [2, 0.6 * 0.75 + 0.4 * 0.75],
    [3, 0.4],
  ] as const;
  for (const [row, score] of expected) assert.ok(Math.abs(byRow.get(row)!.score - score) < 1e-9);
  assert.deepEqual(byRow.get(3), {
    ...{ row: 3, score: 0.4, lexicalNorm: 0, denseNorm: 0, sparseNorm: 1 },
    sparse: { rank: 1, score: 5 },
  });
  assert.equal(maxFusedScore(three), 1);
  assert.ok(fuse({ lexical, dense }, convex(0.6)).every((row) => !("sparseNorm" in row)));

  const ranks: Fusion = { method: "rrf", k: 60, denseWeight: 1, sparseWeight: 1 };
  const [first] = fuse({ lexical, dense, sparse }, ranks);
  assert.equal(first?.row, 2);
  assert.ok(Math.abs(first.score - (1 / 62 + 1 / 61 + 1 / 62)) < 1e-12);
  assert.ok(Math.abs(maxFusedScore(ranks) - 3 / 61) < 1e-12);
});

test("the weight of a list that was not searched goes to the others, and changes nothing between them", () => {
  const weight = fc.double({ min: 0, max: 1, noNaN: true });
  const denseShare = ({ lexicalWeight, sparseWeight = 0 }: Extract<Fusion, { method: "convex" }>) =>
    (1 - lexicalWeight) * (1 - sparseWeight);
  fc.assert(
    fc.property(fusion, weight, ranking, ranking, (ofTwo, sparseWeight, lexical, sparse) => {
      const all = { ...ofTwo, sparseWeight };
      assert.deepEqual(fusionOf(all, { dense: true, sparse: true }), all);
      assert.deepEqual(fusionOf(all, { dense: true, sparse: false }), { ...ofTwo });
      const withoutDense = fusionOf(all, { dense: false, sparse: true });
      const given = fuse({ lexical, dense: [], sparse }, all);
      const shared = fuse({ lexical, dense: [], sparse }, withoutDense);
      const left = maxFusedScore(all) - (all.method === "rrf" ? all.denseWeight / (all.k + 1) : denseShare(all));
      // With next to no weight left there is nothing to share out but what the lists say.
      if (left < 1e-6) return;
      const raised = maxFusedScore(withoutDense) / left;
      const scoreOf = new Map(shared.map(({ row, score }) => [row, score]));
      for (const { row, score } of given) assert.ok(Math.abs(scoreOf.get(row)! - score * raised) < 1e-6);
      assert.deepEqual(fusionOf(fusionOf(all, { dense: false, sparse: true }), { dense: false, sparse: false }), {
        ...(ofTwo.method === "rrf" ? { ...ofTwo, denseWeight: 0 } : { ...ofTwo, lexicalWeight: 1 }),
      });
    }),
  );
});
