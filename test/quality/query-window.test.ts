import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MinuteRecord, type QueryObservation, QueryWindow } from "../../src/quality/index.js";

const minuteMs = 60_000;
const startMs = 29_000_000 * minuteMs;

const observation: fc.Arbitrary<QueryObservation> = fc.record({
  latencyMs: fc.double({ min: 0.1, max: 2000, noNaN: true }),
  results: fc.nat(3),
  topScore: fc.option(
    fc.integer({ min: 0, max: 100 }).map((score) => score / 100),
    { nil: undefined },
  ),
  gap: fc.option(fc.constant(0.25), { nil: undefined }),
  cache: fc.constantFrom("hit", "miss", undefined),
  isDegraded: fc.boolean(),
  isLowConfidence: fc.boolean(),
});
const timed = fc.record({ observation, minute: fc.integer({ min: 0, max: 150 }), withinMs: fc.nat(minuteMs - 1) });
type Timed = { observation: QueryObservation; minute: number; withinMs: number };
const atMs = ({ minute, withinMs }: Timed) => startMs + minute * minuteMs + withinMs;

test("law: the summary of the last minutes is that of the queries in them", () => {
  fc.assert(
    fc.property(fc.array(timed, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (queries, minutes) => {
      const ordered = queries.toSorted((a, b) => atMs(a) - atMs(b));
      const window = new QueryWindow();
      for (const query of ordered) assert.ok(window.record(query.observation, atMs(query)));
      const last = Math.max(0, ...ordered.map(({ minute }) => minute));
      const within = ordered.filter(({ minute }) => minute > last - minutes).map((query) => query.observation);
      const found = window.summary(startMs + last * minuteMs, minutes);
      const count = (test: (query: QueryObservation) => boolean) => within.filter(test).length;
      const share = (part: number, of: number) => (of === 0 ? null : part / of);
      const scores = within.flatMap(({ topScore }) => topScore ?? []);
      assert.equal(found.queries, within.length);
      assert.equal(
        found.zeroResultRate,
        share(
          count(({ results }) => results === 0),
          within.length,
        ),
      );
      assert.equal(
        found.degradedRate,
        share(
          count(({ isDegraded }) => isDegraded),
          within.length,
        ),
      );
      assert.equal(
        found.lowConfidenceRate,
        share(
          count(({ isLowConfidence }) => isLowConfidence),
          within.length,
        ),
      );
      const lookups = count(({ cache }) => cache !== undefined);
      assert.equal(
        found.cacheHitRate,
        share(
          count(({ cache }) => cache === "hit"),
          lookups,
        ),
      );
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
      if (scores.length === 0) assert.equal(found.averageTopScore, null);
      else assert.ok(Math.abs(found.averageTopScore! - mean) < 1e-9);
      assert.equal(found.averageGap, count(({ gap }) => gap !== undefined) === 0 ? null : 0.25);
      const longest = within.length === 0 ? null : Math.max(...within.map(({ latencyMs }) => latencyMs));
      assert.equal(found.maxMs, longest);
      const { p50Ms, p95Ms, p99Ms } = found;
      if (p50Ms !== null && p95Ms !== null && p99Ms !== null) {
        assert.ok(p50Ms <= p95Ms && p95Ms <= p99Ms && p99Ms <= longest!);
      }
    }),
  );
});

test("law: minutes that went through JSON add up in another window to what one window would have counted", () => {
  const recent = fc.array(
    timed.map((query) => ({ ...query, minute: query.minute % 60 })),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(recent, recent, (ours, theirs) => {
      const nowMs = startMs + 59 * minuteMs;
      const record = (queries: readonly Timed[]) => {
        const window = new QueryWindow();
        for (const query of queries.toSorted((a, b) => atMs(a) - atMs(b)))
          window.record(query.observation, atMs(query));
        return window;
      };
      const merged = new QueryWindow();
      for (const window of [record(ours), record(theirs)]) {
        const stored = JSON.parse(JSON.stringify(window.records())) as MinuteRecord[];
        for (const minute of stored) assert.ok(merged.absorb(minute));
      }
      const whole = record([...ours, ...theirs]).summary(nowMs);
      const { averageTopScore, meanMs, ...counts } = merged.summary(nowMs);
      const { averageTopScore: wholeScore, meanMs: wholeMean, ...wholeCounts } = whole;
      assert.deepEqual(counts, wholeCounts);
      assert.ok(Math.abs((averageTopScore ?? 0) - (wholeScore ?? 0)) < 1e-9);
      assert.ok(Math.abs((meanMs ?? 0) - (wholeMean ?? 0)) < 1e-6);
    }),
  );
});

const query: QueryObservation = { latencyMs: 10, results: 1, topScore: 0.5, isDegraded: false, isLowConfidence: false };

test("what is older than the window is refused, and what is newer than now is not summed up", () => {
  const window = new QueryWindow();
  assert.ok(window.record(query, startMs + 60 * minuteMs));
  assert.ok(!window.record(query, startMs));
  assert.ok(window.record(query, startMs + minuteMs));
  assert.equal(window.summary(startMs + 60 * minuteMs).queries, 2);
  assert.equal(window.summary(startMs + 59 * minuteMs).queries, 1);
  assert.equal(window.summary(startMs + 200 * minuteMs).queries, 0);
});

test("a minute can be taken out when it is over", () => {
  const window = new QueryWindow();
  window.record(query, startMs);
  window.record({ ...query, latencyMs: 1000 }, startMs + 1);
  const record = window.minute(startMs / minuteMs);
  assert.equal(record?.queries, 2);
  assert.equal(record?.latencyMaxMs, 1000);
  assert.equal(record?.latency.length, 4);
  assert.equal(window.minute(startMs / minuteMs + 1), undefined);
  assert.equal(window.minute(startMs / minuteMs + 60), undefined);
});
