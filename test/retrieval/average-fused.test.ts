import assert from "node:assert/strict";
import { test } from "node:test";
import { averageFused, fuse } from "../../src/retrieval/fuse.js";

const fusion = { method: "convex", lexicalWeight: 0.5 } as const;
const list = (...rows: number[]) => rows.map((row, i) => ({ row, score: rows.length - i }));

test("one phrasing's ranking stays as it is", () => {
  const fused = fuse({ lexical: list(3, 1, 2), dense: list(1, 3) }, fusion);
  assert.deepEqual(averageFused([fused]), fused);
});

test("a row's score is the mean over phrasings, 0 where one lacks it, and its ranks are the best it had", () => {
  const first = fuse({ lexical: list(1, 2, 3), dense: list(2, 1) }, fusion);
  const second = fuse({ lexical: list(2, 4), dense: [] }, fusion);
  const averaged = averageFused([first, second]);
  for (const { row, score, lexicalNorm, denseNorm } of averaged) {
    const scores = [first, second].map((ranking) => ranking.find((fused) => fused.row === row)?.score ?? 0);
    assert.ok(Math.abs(score - (scores[0]! + scores[1]!) / 2) < 1e-12);
    assert.ok(Math.abs(score - (lexicalNorm + denseNorm) / 2) < 1e-12);
  }
  assert.deepEqual(averaged.map(({ row }) => row).sort(), [1, 2, 3, 4]);
  assert.deepEqual(averaged.find(({ row }) => row === 2)!.lexical!.rank, 1);
  assert.ok(averaged.every(({ score }, i) => i === 0 || score <= averaged[i - 1]!.score));
});
