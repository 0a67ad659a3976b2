import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  averagePrecision,
  ndcgAt,
  precisionAt,
  rankByScore,
  recallAt,
  reciprocalRank,
} from "../../src/evaluation/index.js";

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

// Four relevant documents, of grades 3, 2, 1, 1; "e" is judged and not relevant, "x" and "y" are not judged.
const judgements = new Map([
  ["a", 3],
  ["b", 2],
  ["c", 1],
  ["d", 1],
  ["e", 0],
]);
const ranking = ["b", "x", "a", "e", "c", "y"];

test("nDCG takes the grades as gains and log2(rank + 1) as discount", () => {
  // By hand: 2/1 + 3/2 + 1/log2(6) over 3/1 + 2/log2(3) + 1/2 + 1/log2(5).
  const dcg = 2 + 3 / 2 + 1 / Math.log2(6);
  const ideal = 3 + 2 / Math.log2(3) + 1 / 2 + 1 / Math.log2(5);
  close(ndcgAt(10, ranking, judgements), dcg / ideal);
  close(ndcgAt(10, ranking, judgements), 0.7485461359183886);
  close(ndcgAt(3, ranking, judgements), 3.5 / (3 + 2 / Math.log2(3) + 0.5));
  close(ndcgAt(1, ranking, judgements), 2 / 3);
});

test("exponential gains are 2^grade - 1, and the same as linear ones where grades are 0 and 1", () => {
  const dcg = 3 + 7 / 2 + 1 / Math.log2(6);
  const ideal = 7 + 3 / Math.log2(3) + 1 / 2 + 1 / Math.log2(5);
  close(ndcgAt(10, ranking, judgements, "exponential"), dcg / ideal);
  const binary = new Map(Array.from(judgements, ([id, grade]) => [id, Math.min(1, grade)]));
  close(ndcgAt(10, ranking, binary, "exponential"), ndcgAt(10, ranking, binary));
  close(
    ndcgAt(
      10,
      ["a", "b"],
      new Map([
        ["a", -2],
        ["b", 1],
      ]),
      "exponential",
    ),
    1 / Math.log2(3),
  );
});

test("recall is over all relevant documents, precision over the cutoff also where the ranking ends before it", () => {
  close(recallAt(3, ranking, judgements), 2 / 4);
  close(recallAt(100, ranking, judgements), 3 / 4);
  close(precisionAt(3, ranking, judgements), 2 / 3);
  close(precisionAt(10, ranking, judgements), 3 / 10);
});

test("the reciprocal rank is that of the first relevant document within the cutoff", () => {
  close(reciprocalRank(["x", "e", "d"], judgements), 1 / 3);
  close(reciprocalRank(["x", "e", "d"], judgements, 2), 0);
  close(reciprocalRank(["x"], judgements), 0);
});

test("average precision divides by all relevant documents, so that those not found count 0", () => {
  close(averagePrecision(ranking, judgements), (1 / 1 + 2 / 3 + 3 / 5) / 4);
});

test("a document without a judgement and a negative grade gain nothing; a query without relevant documents gives 0", () => {
  const negative = new Map([
    ["a", -1],
    ["b", 1],
  ]);
  close(ndcgAt(10, ["a", "u", "b"], negative), 1 / Math.log2(4));
  close(recallAt(10, ["a", "b"], negative), 1);
  for (const none of [new Map<string, number>(), new Map([["a", 0]])]) {
    close(ndcgAt(10, ["a"], none), 0);
    close(recallAt(10, ["a"], none), 0);
    close(averagePrecision(["a"], none), 0);
    close(reciprocalRank(["a"], none), 0);
  }
  close(ndcgAt(10, [], judgements), 0);
});

test("scores order a ranking, and of equal scores the later id comes first, as in trec_eval", () => {
  const scored = [
    { id: "d10", score: 1 },
    { id: "d2", score: 1 },
    { id: "a", score: 2 },
    { id: "\u{1f600}", score: 1 },
    { id: "\uff5e", score: 1 },
  ];
  assert.deepEqual(rankByScore(scored), ["a", "\u{1f600}", "\uff5e", "d2", "d10"]);
});

test("law: every measure is within 0..1, the ideal ranking has nDCG 1, and a better swap never lowers nDCG", () => {
  const grades = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 15 });
  fc.assert(
    fc.property(grades, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 12 }), (gradeList, keys, k) => {
      const judged = new Map(gradeList.map((grade, i) => [`d${i}`, grade]));
      const shuffled = [...judged.keys(), "u1", "u2"]
        .map((id) => ({ id, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ id }) => id);
      const values = [
        ndcgAt(k, shuffled, judged),
        recallAt(k, shuffled, judged),
        precisionAt(k, shuffled, judged),
        averagePrecision(shuffled, judged),
        reciprocalRank(shuffled, judged),
      ];
      for (const value of values) assert.ok(value >= 0 && value <= 1 + 1e-12, `${values}`);

      const grade = (id: string) => judged.get(id) ?? 0;
      const ideal = [...shuffled].sort((a, b) => grade(b) - grade(a));
      close(ndcgAt(k, ideal, judged), gradeList.some((value) => value > 0) ? 1 : 0);

      const at = shuffled.findIndex((id, i) => i > 0 && grade(id) > grade(shuffled[i - 1]!));
      if (at > 0) {
        const swapped = shuffled.with(at, shuffled[at - 1]!).with(at - 1, shuffled[at]!);
        assert.ok(ndcgAt(k, swapped, judged) >= ndcgAt(k, shuffled, judged) - 1e-12);
      }
    }),
  );
});
