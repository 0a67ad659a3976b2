import assert from "node:assert/strict";
import { test } from "node:test";
import { ceilingOf, lastKnown, pathOf, xOf, yOf } from "../../src/web/health/chart.js";
import { changesOf } from "../../src/web/health/health-words.js";

const series = (...values: (number | null)[]) => [{ name: "p50", kind: "first", values }];

test("the scale ends at a round number above all values", () => {
  assert.equal(ceilingOf(series(3, 41, null)), 50);
  assert.equal(ceilingOf(series(100)), 100);
  assert.equal(ceilingOf(series(101)), 150);
  assert.equal(ceilingOf(series(0.0031)).toFixed(4), "0.0040");
  assert.equal(ceilingOf(series(0.05), 0.2).toFixed(1), "0.2");
  assert.equal(ceilingOf(series(null)), 1);
});

test("a line breaks where nothing was asked, and a minute alone is a dot", () => {
  const path = pathOf([0, 10, null, 5, null, 10], 10);
  assert.equal(path.match(/M/g)?.length, 3);
  assert.equal(path.match(/h0\.01/g)?.length, 2);
  assert.equal(pathOf([null, null], 10), "");
  assert.deepEqual([xOf(0, 3), xOf(2, 3), yOf(0, 10), yOf(10, 10), yOf(99, 10)], [0, 600, 120, 0, 0]);
});

test("the last minute that was asked anything is the one that is read", () => {
  assert.equal(lastKnown(series(1, null, 3, null), 3), 2);
  assert.equal(lastKnown(series(1, null, 3, null), 1), 0);
  assert.equal(lastKnown(series(null, null), 1), undefined);
});

test("what changed is one list, the newest first", () => {
  const changes = changesOf({
    embeddings: {
      baseline: { rows: 80, madeAt: "2026-11-19T00:00:00.000Z", coherence: 0.2 },
      index: null,
      runs: [{ id: 1, finishedAt: "2026-11-20T00:00:00.000Z", documents: 1, failed: 2, health: null }],
    },
    queries: { lastHour: {} as never, minutes: [], confidence: null },
    events: [{ kind: "raised", id: "x", severity: "warning", sentence: "Slow.", at: "2026-11-21T00:00:00.000Z" }],
  });
  assert.deepEqual(
    changes.map(({ kind, text }) => [kind, text]),
    [
      ["raised", "Slow."],
      ["ingest", "1 document came in, 2 failures"],
      ["baseline", "Baseline of 80 documents"],
    ],
  );
});
