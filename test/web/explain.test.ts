// How a ranking is explained: the ladder's geometry, the sentence, the shares of time.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Hit, HitExplanation } from "../../src/web/api/search.js";
import { rankLadder } from "../../src/web/explain/rank-ladder.js";
import { ordinal, rankStory } from "../../src/web/explain/rank-story.js";
import { stageRows } from "../../src/web/explain/stage-rows.js";
import { stageShares } from "../../src/web/explain/stage-shares.js";

const area = { left: 40, right: 360, top: 40, bottom: 230 };

type Ranks = { lexical?: number; dense?: number; fused: number; rerank?: number; final: number };

function explanation({ lexical, dense, fused, rerank, final }: Ranks): HitExplanation {
  return {
    ...(lexical === undefined ? {} : { lexical: { rank: lexical, score: 1 } }),
    ...(dense === undefined ? {} : { dense: { rank: dense, score: 1 } }),
    fused: { rank: fused, score: 1 },
    ...(rerank === undefined ? {} : { rerank: { rank: rerank, logit: 0, score: 1 } }),
    final: { rank: final, score: 1 },
    terms: [],
  };
}

function hit(id: string, ranks: Ranks): Hit {
  return { id, explain: explanation(ranks) } as Hit;
}

test("a better rank always stands higher, equal ranks equally high, and every point lies inside the drawing", () => {
  const rank = fc.integer({ min: 1, max: 250 });
  const ranks = fc.record({ lexical: rank, dense: rank, fused: rank, rerank: rank, final: rank });
  fc.assert(
    fc.property(fc.array(ranks, { minLength: 1, maxLength: 10 }), (list) => {
      const points = rankLadder(
        list.map((one, index) => hit(`${index}`, one)),
        area,
      ).hits.flatMap((one) => one.points);
      for (const a of points) {
        assert.ok(a.x >= area.left && a.x <= area.right && a.y >= area.top && a.y < area.bottom);
        for (const b of points) assert.equal(Math.sign((a.rank ?? 0) - (b.rank ?? 0)), Math.sign(a.y - b.y));
      }
    }),
  );
});

test("a hit that a list does not have lies on the floor there, and no line comes from it", () => {
  const ladder = rankLadder(
    [hit("a", { lexical: 3, fused: 2, final: 1 }), hit("b", { dense: 1, fused: 1, final: 2 })],
    area,
  );
  assert.deepEqual(
    ladder.columns.map(({ stage }) => stage),
    ["lexical", "dense", "fused", "final"],
  );
  const [first] = ladder.hits;
  assert.equal(first?.points.find(({ stage }) => stage === "dense")?.y, ladder.floorY);
  assert.deepEqual(
    first?.lines.map(({ from, to }) => `${from.stage}-${to.stage}`),
    ["lexical-fused", "fused-final"],
  );
});

test("both lists lead to the fused order and not to each other", () => {
  const [only] = rankLadder([hit("a", { lexical: 3, dense: 7, fused: 2, rerank: 1, final: 1 })], area).hits;
  assert.deepEqual(
    only?.lines.map(({ from, to }) => `${from.stage}-${to.stage}`),
    ["lexical-fused", "dense-fused", "fused-rerank", "rerank-final"],
  );
});

test("hits without an explanation are left out", () => {
  assert.deepEqual(rankLadder([{ id: "a" } as Hit], area).hits, []);
});

test("the story names every stage that had a say", () => {
  const all = explanation({ lexical: 3, dense: 7, fused: 2, rerank: 1, final: 1 });
  assert.equal(rankStory(all), "3rd by words and 7th by meaning, 2nd once fused; reading it moved it up to 1st.");
  const wordsOnly = explanation({ lexical: 4, fused: 4, final: 3 });
  assert.equal(rankStory(wordsOnly), "4th by words. Counting each document once, it is 3rd.");
  const fell = explanation({ dense: 1, fused: 2, rerank: 5, final: 5 });
  assert.equal(rankStory(fell), "1st by meaning, 2nd once fused; reading it moved it down to 5th.");
});

test("ordinals are those of English", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal), [
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "102nd",
    "111th",
  ]);
});

test("rerank scores, which have no fixed range, are compared with those of the hits shown", () => {
  const withScore = (score: number): HitExplanation => ({
    ...explanation({ lexical: 1, fused: 1, final: 1 }),
    rerank: { rank: 1, logit: 2 * score, score },
  });
  const all = [-1, 1, 7].map(withScore);
  const bars = all.map((one) => stageRows(one, all).find(({ stage }) => stage === "rerank")?.bar);
  assert.deepEqual(bars, [0, 0.25, 1]);
  assert.equal(stageRows(withScore(3), []).find(({ stage }) => stage === "rerank")?.bar, 1);
});

test("every bar is within 0..1, and a stage that did not have the hit has no rank", () => {
  const rows = stageRows({ ...explanation({ dense: 2, fused: 1, final: 1 }), final: { rank: 1, score: 1.7 } }, []);
  assert.ok(rows.every(({ bar }) => bar >= 0 && bar <= 1));
  assert.equal(rows.find(({ stage }) => stage === "lexical")?.rank, undefined);
});

test("the shares of time fill the bar end to end, and no time at all gives empty shares", () => {
  const stages = [
    { name: "lexical", ms: 3, candidates: 200 },
    { name: "rerank", ms: 9, candidates: 50 },
  ];
  assert.deepEqual(
    stageShares(stages).map(({ start, share }) => [start, share]),
    [
      [0, 0.25],
      [0.25, 0.75],
    ],
  );
  assert.deepEqual(
    stageShares(stages.map((stage) => ({ ...stage, ms: 0 }))).map(({ share }) => share),
    [0, 0],
  );
});
