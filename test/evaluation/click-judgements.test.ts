import assert from "node:assert/strict";
import { test } from "node:test";
import { type FeedbackEvent, judgeByClicks } from "../../src/evaluation/index.js";
import { shuffled } from "../../src/evaluation/random.js";
import { splitmix32 } from "../../src/splitmix32.js";

const shown = ["a", "b", "c", "d"];
const click = (...clicked: string[]): FeedbackEvent => ({ query: "wings", shown, clicked });

test("what stands above a click and is not clicked counts against, what stands below says nothing", () => {
  const { estimates, qrels, queries } = judgeByClicks([click("b"), click("b"), click("b"), click("b")]);
  assert.deepEqual(
    estimates.map(({ document, looks, clicks }) => [document, looks, clicks]),
    [
      ["a", 4, 0],
      ["b", 4, 4],
    ],
  );
  assert.deepEqual(queries, [{ id: "q1", text: "wings" }]);
  assert.deepEqual(
    [...qrels.get("q1")!],
    [
      ["a", 0],
      ["b", 2],
    ],
  );
});

test("one click is no judgement, answers without a click say nothing, and a query without a relevant document is left out", () => {
  assert.equal(judgeByClicks([click("a"), click(), click()]).queries.length, 0);
  assert.deepEqual(judgeByClicks([click(), click()]).estimates, []);
  assert.equal(judgeByClicks([click("a")], { fewestClicks: 1 }).queries.length, 1);
});

test("case and white space make no other query, and a session counts once", () => {
  const spelled = [
    { ...click("b"), query: "Wings " },
    { ...click("b"), query: "wings" },
  ];
  assert.equal(judgeByClicks(spelled).queries.length, 1);
  const repeated = [1, 2, 3].map(() => ({ ...click("b"), session: "s" }));
  assert.equal(judgeByClicks(repeated).queries.length, 0);
  assert.deepEqual(judgeByClicks([...repeated, click("b")]).estimates[1], {
    query: "wings",
    document: "b",
    looks: 2,
    clicks: 2,
    attraction: 2.5 / 3,
  });
});

test("what a person says outright stands above the clicks", () => {
  const said = [click("b"), click("b"), { ...click(), grades: { b: 0, d: 3 } }];
  assert.deepEqual(
    [...judgeByClicks(said).qrels.get("q1")!],
    [
      ["b", 0],
      ["d", 3],
    ],
  );
});

// People who read from the top, click by attraction, and after a click stop two times in three: the model's own world, and one
// in which rank 1 gets most clicks whatever stands there.
test("attraction is recovered from clicks that position distorts", () => {
  const attraction: Record<string, number> = { a: 0.1, b: 0.2, c: 0.8, d: 0.5, e: 0.05 };
  const { next } = splitmix32(7);
  const chance = () => next() / 2 ** 32;
  const rawClicks: Record<string, number> = {};
  const events = Array.from({ length: 3000 }, (_, i): FeedbackEvent => {
    // The engine nearly always shows a bad document on top and the best one last.
    const order = chance() < 0.9 ? ["a", "b", "e", "d", "c"] : shuffled(Object.keys(attraction), i);
    const clicked: string[] = [];
    for (const id of order) {
      if (chance() >= attraction[id]!) {
        // Some give up on the way.
        if (chance() < 0.25) break;
        continue;
      }
      clicked.push(id);
      rawClicks[id] = (rawClicks[id] ?? 0) + 1;
      if (chance() < 2 / 3) break;
    }
    return { query: "q", shown: order, clicked };
  });
  const { estimates, qrels } = judgeByClicks(events);
  const best = estimates.toSorted((a, b) => b.attraction - a.attraction).map(({ document }) => document);
  assert.deepEqual(best, ["c", "d", "b", "a", "e"]);
  const grades = qrels.get("q1")!;
  assert.deepEqual([grades.get("c"), grades.get("a"), grades.get("e")], [2, 0, 0]);
  // Counting clicks alone would not have told.
  const mostClicked = Object.keys(attraction).toSorted((a, b) => rawClicks[b]! - rawClicks[a]!);
  assert.notEqual(mostClicked[0], "c");
});
