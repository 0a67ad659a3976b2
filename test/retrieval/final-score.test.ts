import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { finalScores } from "../../src/retrieval/final-score.js";
import { type Fusion, fuse } from "../../src/retrieval/fuse.js";
import { combine } from "../../src/retrieval/rerank.js";

const convex: Fusion = { method: "convex", lexicalWeight: 0.6 };
const rrf: Fusion = { method: "rrf", k: 60, denseWeight: 1 };

test("without a reranker the score is the fused score as a share of the best possible one", () => {
  assert.deepEqual(finalScores([{ fused: 0.9 }, { fused: 0.25 }], convex), [0.9, 0.25]);
  assert.deepEqual(finalScores([{ fused: 2 / 61 }, { fused: 1 / 61 }], rrf), [1, 0.5]);
});

test("reranked candidates share the range of their fused scores; those below the depth go on from there", () => {
  const ranking = [
    { fused: 0.5, reranked: 4 },
    { fused: 0.9, reranked: 1 },
    { fused: 0.7, reranked: 0 },
    { fused: 0.3 },
  ];
  assert.deepEqual(
    finalScores(ranking, convex).map((score) => Number(score.toFixed(9))),
    [0.9, 0.6, 0.5, 0.3],
  );
  assert.deepEqual(finalScores([{ fused: 0.4, reranked: 3 }], convex), [0.4]);
});

test("law: scores are within 0..1 and never rise along a ranking of fusion and reranking", () => {
  const list = fc
    .uniqueArray(fc.record({ row: fc.nat(60), score: fc.double({ min: 0, max: 30, noNaN: true }) }), {
      selector: ({ row }) => row,
      maxLength: 40,
    })
    .map((rows) => rows.sort((a, b) => b.score - a.score));
  const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { maxLength: 20 });
  fc.assert(
    fc.property(list, list, logits, fc.constantFrom(convex, rrf), (lexical, dense, logitsOfTop, fusion) => {
      const fused = fuse({ lexical, dense }, fusion);
      const ranking = combine(fused, logitsOfTop.slice(0, fused.length), { logitWeight: 1, firstStageWeight: 2 });
      const scores = finalScores(
        ranking.map(({ candidate, rerank }) => ({
          fused: candidate.score,
          ...(rerank ? { reranked: rerank.score } : {}),
        })),
        fusion,
      );
      assert.equal(scores.length, fused.length);
      scores.forEach((score, i) => {
        assert.ok(score >= 0 && score <= (scores[i - 1] ?? 1));
      });
    }),
  );
});
