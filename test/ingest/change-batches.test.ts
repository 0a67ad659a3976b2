import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChangeBatches, defaultTiming } from "../../src/ingest/change-batches.js";

const small = () => 100;
const { quietMs, atMostMs, largeBytes, largeQuietMs, largeAtMostMs } = defaultTiming;

test("a single change is due when it has been quiet for 200 ms, and not before", () => {
  const batches = new ChangeBatches();
  assert.equal(batches.dueMs(), undefined);
  batches.note("a", 1000);
  assert.equal(batches.dueMs(), 1000 + quietMs);
  assert.deepEqual(batches.take(1000 + quietMs - 1, small), []);
  assert.deepEqual(batches.take(1000 + quietMs, small), ["a"]);
  assert.deepEqual([batches.size, batches.dueMs()], [0, undefined]);
});

test("changes that keep coming wait for a second at most", () => {
  const batches = new ChangeBatches();
  for (let ms = 0; ms < atMostMs; ms += 100) batches.note(`file-${ms}`, ms);
  assert.equal(batches.dueMs(), atMostMs);
  assert.equal(batches.take(atMostMs, small).length, 10);
});

test("a large file is held back while it is being written, others are not", () => {
  const batches = new ChangeBatches();
  const bytesOf = (path: string) => (path === "large" ? largeBytes : 10);
  for (let ms = 0; ms <= 1000; ms += 100) batches.note("large", ms);
  batches.note("small", 900);
  assert.deepEqual(batches.take(1000, bytesOf), ["small"]);
  for (let ms = 1100; ms <= 5000; ms += 100) {
    batches.note("large", ms);
    assert.deepEqual(batches.take(ms, bytesOf), []);
  }
  assert.equal(batches.dueMs(), 5000 + largeQuietMs);
  assert.deepEqual(batches.take(5000 + largeQuietMs, bytesOf), ["large"]);
});

test("a large file that never rests is taken after half a minute", () => {
  const batches = new ChangeBatches();
  for (let ms = 0; ms < largeAtMostMs; ms += 100) {
    batches.note("log", ms);
    assert.deepEqual(
      batches.take(ms, () => largeBytes),
      [],
    );
  }
  assert.deepEqual(
    batches.take(largeAtMostMs, () => largeBytes),
    ["log"],
  );
});

test("whatever changes when, each change of a small file is taken within a second of it, once, and nothing else is", () => {
  const change = fc.record({ path: fc.constantFrom("a", "b", "c", "d"), afterMs: fc.integer({ min: 0, max: 700 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 60 }), (changes) => {
      const batches = new ChangeBatches();
      const waiting = new Map<string, number>();
      let now = 0;
      const runUntil = (ms: number) => {
        for (let due = batches.dueMs(); due !== undefined && due <= ms; due = batches.dueMs()) {
          for (const path of batches.take(due, small)) {
            assert.ok(due - waiting.get(path)! <= atMostMs);
            waiting.delete(path);
          }
        }
      };
      for (const { path, afterMs } of changes) {
        runUntil(now + afterMs);
        now += afterMs;
        if (!waiting.has(path)) waiting.set(path, now);
        batches.note(path, now);
      }
      runUntil(now + atMostMs);
      assert.deepEqual([...waiting], []);
    }),
  );
});
