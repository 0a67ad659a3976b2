import assert from "node:assert/strict";
import { test } from "node:test";
import type { Series } from "../../src/web/health/chart.js";
import { aloneAmong, columnsOf, lastKnown, marksAt, marksOf, pointByKey } from "../../src/web/health/chart.js";
import type { Change } from "../../src/web/health/health-words.js";
import { changesOf } from "../../src/web/health/health-words.js";

const series = (...values: (number | null)[]): Series[] => [{ name: "p50", kind: "first", values }];
const minute = (i: number, second = 0) => new Date(Date.UTC(2026, 10, 20, 9, i, second)).toISOString();
const times = Array.from({ length: 60 }, (_, i) => minute(i));

test("minutes become columns of seconds and values, and one alone is to be a dot", () => {
  assert.deepEqual(columnsOf(times.slice(0, 2), series(3, null)), [
    [Date.parse(times[0]!) / 1000, Date.parse(times[1]!) / 1000],
    [3, null],
  ]);
  assert.deepEqual(aloneAmong([0, 10, null, 5, null, 10]), [3, 5]);
  assert.deepEqual(aloneAmong([null, undefined]), []);
});

test("what changed within the hour is marked at its minute, in order, and what changed before is not", () => {
  const change = (at: string): Change => ({ at, kind: "ingest", text: at });
  const marks = marksOf(
    [change(minute(59, 30)), change(minute(20, 59)), change(minute(-1, 59)), change(minute(60))],
    times,
  );
  assert.deepEqual(
    marks.map(({ minute, text }) => [minute, text]),
    [
      [20, minute(20, 59)],
      [59, minute(59, 30)],
    ],
  );
  assert.deepEqual(
    marks.map(({ atSeconds }) => atSeconds),
    [minute(20, 59), minute(59)].map((at) => Date.parse(at) / 1000),
  );
  assert.deepEqual(marksOf([change(minute(3))], []), []);
});

test("a mark is read in its minute, and in the one beside it that has none", () => {
  const marks = marksOf(
    [3, 5].map((i): Change => ({ at: minute(i), kind: "raised", text: String(i) })),
    times,
  );
  const texts = (at: number) => marksAt(marks, at).map(({ text }) => text);
  assert.deepEqual([texts(3), texts(4), texts(6), texts(7)], [["3"], ["3", "5"], ["5"], []]);
});

test("the keys of a slider lead from minute to minute and stop at the ends", () => {
  const from = (at: number) => (key: string) => pointByKey(key, at, 59);
  assert.deepEqual(
    ["ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"].map(from(30)),
    [29, 31, 40, 20, 0, 59],
  );
  assert.deepEqual(["ArrowLeft", "PageDown"].map(from(0)), [0, 0]);
  assert.deepEqual(["ArrowRight", "PageUp"].map(from(59)), [59, 59]);
  assert.equal(from(3)("Enter"), undefined);
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
    migrations: [{ model: "minilm@3f2a91c07d4e", startedAt: "2026-11-19T12:00:00.000Z" }],
  });
  assert.deepEqual(
    changes.map(({ kind, text }) => [kind, text]),
    [
      ["raised", "Slow."],
      ["ingest", "1 document came in, 2 failures"],
      ["migration", "A migration began, to an index of minilm"],
      ["baseline", "Baseline of 80 documents"],
    ],
  );
});
