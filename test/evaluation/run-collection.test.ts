import assert from "node:assert/strict";
import { test } from "node:test";
import { measureOf, percentile, runCollection, type Stage } from "../../src/evaluation/index.js";

const queries = [
  { id: "q1", text: "first" },
  { id: "q2", text: "second" },
];
const qrels = new Map([
  ["q1", new Map([["a", 1]])],
  ["q2", new Map([["b", 1]])],
]);
const measures = [measureOf("mrr")];

test("each stage is opened, asked every query in order, timed and closed before the next", async () => {
  const events: string[] = [];
  let nowMs = 0;
  const stage = (name: string, ranking: string[], costMs: number): Stage => ({
    name,
    async open() {
      events.push(`${name} opens`);
      return {
        async search(query) {
          events.push(`${name} ${query}`);
          nowMs += costMs;
          return ranking.map((id, i) => ({ id, score: 1 / (i + 1) }));
        },
        async close() {
          events.push(`${name} closes`);
        },
      };
    },
  });
  const progress: string[] = [];
  const results = await runCollection({ queries, qrels }, [stage("one", ["a", "b"], 3), stage("two", ["c", "b"], 5)], {
    measures,
    now: () => nowMs,
    onProgress: ({ stage: name, done, total }) => progress.push(`${name} ${done}/${total}`),
  });
  assert.deepEqual(events, [
    "one opens",
    "one first",
    "one second",
    "one closes",
    "two opens",
    "two first",
    "two second",
    "two closes",
  ]);
  assert.deepEqual(progress, ["one 1/2", "one 2/2", "two 1/2", "two 2/2"]);
  assert.deepEqual(
    results.map(({ name, summary, latenciesMs }) => [name, summary.means.mrr, latenciesMs]),
    [
      ["one", 0.75, [3, 3]],
      ["two", 0.25, [5, 5]],
    ],
  );
  assert.deepEqual(results[1]?.run.get("q2"), [
    { id: "c", score: 1 },
    { id: "b", score: 0.5 },
  ]);
});

test("a stage is closed when a query fails and when the run is aborted", async () => {
  const controller = new AbortController();
  let closed = 0;
  const stageThat = (search: Stage["open"] extends () => Promise<{ search: infer S }> ? S : never): Stage => ({
    name: "s",
    open: async () => ({ search, close: async () => void closed++ }),
  });
  const failing = stageThat(async () => {
    throw new Error("no answer");
  });
  await assert.rejects(runCollection({ queries, qrels }, [failing], { measures }), { message: "no answer" });
  const aborting = stageThat(async () => {
    controller.abort(new Error("enough"));
    return [];
  });
  await assert.rejects(runCollection({ queries, qrels }, [aborting], { measures, signal: controller.signal }), {
    message: "enough",
  });
  assert.equal(closed, 2);
});

test("percentiles go by nearest rank", () => {
  const values = [40, 10, 30, 20];
  assert.deepEqual(
    [0, 0.25, 0.5, 0.51, 0.95, 1].map((share) => percentile(values, share)),
    [10, 10, 20, 30, 40, 40],
  );
  assert.deepEqual(values, [40, 10, 30, 20]);
  assert.equal(percentile([], 0.5), 0);
});
