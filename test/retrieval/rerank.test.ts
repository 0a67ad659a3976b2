import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { combine } from "../../src/retrieval/rerank.js";

const weights = { logitWeight: 1, firstStageWeight: 2 };

test("the order is that of z(logit) + 2 z(first stage), with the population's deviation", () => {
  const candidates = [
    { id: "a", score: 3 },
    { id: "b", score: 2 },
    { id: "c", score: 1 },
  ];
  const ranking = combine(candidates, [-4, 0, 10], weights);
  // Deviations: of 3, 2, 1 it is sqrt(2/3); of -4, 0, 10 around 2 it is sqrt(104/3).
  const [stage, logit] = [Math.sqrt(2 / 3) + 1e-6, Math.sqrt(104 / 3) + 1e-6];
  const expected = { a: -6 / logit + 2 / stage, b: -2 / logit, c: 8 / logit - 2 / stage };
  assert.deepEqual(
    ranking.map(({ candidate }) => candidate.id),
    ["a", "b", "c"],
  );
  for (const { candidate, rerank } of ranking) {
    assert.ok(Math.abs(rerank!.score - expected[candidate.id as "a" | "b" | "c"]) < 1e-12);
  }
  assert.deepEqual(
    combine(candidates, [-4, 0, 10], { logitWeight: 1, firstStageWeight: 0 }).map(({ candidate }) => candidate.id),
    ["c", "b", "a"],
  );
});

test("candidates below the depth follow in their order, without a reranker's score", () => {
  const candidates = [5, 4, 3, 2].map((score) => ({ score }));
  const ranking = combine(candidates, Float32Array.of(0, 9), { logitWeight: 1, firstStageWeight: 0 });
  assert.deepEqual(
    ranking.map(({ candidate, rerank }) => [candidate.score, rerank?.rank, rerank?.logit]),
    [
      [4, 1, 9],
      [5, 2, 0],
      [3, undefined, undefined],
      [2, undefined, undefined],
    ],
  );
});

test("equal logits and equal scores keep the first stage's order", () => {
  const candidates = ["x", "y", "z"].map((id) => ({ id, score: 0.5 }));
  assert.deepEqual(
    combine(candidates, [1, 1, 1], weights).map(({ candidate }) => candidate.id),
    ["x", "y", "z"],
  );
  assert.deepEqual(combine([], [], weights), []);
});

test("law: it is a permutation whose reranked part is sorted, and shifting or stretching the logits changes nothing", () => {
  const scores = fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 40 });
  fc.assert(
    fc.property(scores, fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 40 }), (first, logits) => {
      const candidates = first.map((score, i) => ({ score, i }));
      const depth = Math.min(first.length, logits.length);
      const ranking = combine(candidates, logits.slice(0, depth), weights);
      assert.deepEqual(
        ranking.map(({ candidate }) => candidate.i).sort((a, b) => a - b),
        [...first.keys()],
      );
      for (let i = 1; i < depth; i++) assert.ok(ranking[i - 1]!.rerank!.score >= ranking[i]!.rerank!.score);
      assert.ok(ranking.every(({ rerank }) => !rerank || Number.isFinite(rerank.score)));

      const stretched = combine(
        candidates,
        logits.slice(0, depth).map((x) => 7 * x + 1000),
        weights,
      );
      for (let i = 0; i < depth; i++) {
        assert.ok(Math.abs(stretched[i]!.rerank!.score - ranking[i]!.rerank!.score) < 1e-3);
      }
    }),
  );
});
