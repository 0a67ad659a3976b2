import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  expandSweep,
  groupPoints,
  measureOf,
  parseSweep,
  runCollection,
  type Setting,
  sweepStages,
} from "../../src/evaluation/index.js";

const namesOf = (value: unknown) => expandSweep(parseSweep(value)).map(({ name }) => name);

test("a grid is every combination, the last axis fastest", () => {
  assert.deepEqual(namesOf({ axes: { depth: [100, 200], rerank: [true, false] } }), [
    "depth=100 rerank=true",
    "depth=100 rerank=false",
    "depth=200 rerank=true",
    "depth=200 rerank=false",
  ]);
});

test("a star changes one axis at a time around its centre, and runs the centre once", () => {
  const star = { shape: "star", axes: { k: [10, 60], weight: [0.4, 0.5, 0.6] }, centre: { weight: 0.5 } };
  assert.deepEqual(namesOf(star), ["k=10 weight=0.5", "k=60 weight=0.5", "k=10 weight=0.4", "k=10 weight=0.6"]);
});

test("law: a grid has the product of its axes, each point once, and groups share the axes they are made by", () => {
  const values = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const points = expandSweep(parseSweep({ axes: { a, b, c } }));
      assert.equal(points.length, a.length * b.length * c.length);
      assert.equal(new Set(points.map(({ name }) => name)).size, points.length);
      const groups = groupPoints(points, ["a", "c"]);
      assert.equal(groups.length, a.length * c.length);
      assert.deepEqual(groups.flat().length, points.length);
      for (const group of groups) {
        const first = group[0]!.settings;
        assert.ok(group.every(({ settings }) => settings.a === first.a && settings.c === first.c));
      }
    }),
  );
});

test("a definition that is none is refused", () => {
  assert.throws(() => parseSweep({ axes: { k: [] } }), { code: "INVALID_INPUT" });
  assert.throws(() => parseSweep({ axes: {}, center: {} }), {
    code: "UNKNOWN_FIELD",
    message: /Did you mean "centre"/,
  });
  assert.throws(() => namesOf({ shape: "star", axes: { k: [1] }, centre: { depth: 1 } }), {
    code: "INVALID_INPUT",
    message: /"depth", which is no axis\. Axes: k\./,
  });
  const many = Array.from({ length: 101 }, (_, i) => i);
  assert.throws(() => namesOf({ axes: { a: many, b: many } }), { code: "INVALID_INPUT", message: /10201 points/ });
});

test("the stages of a sweep run with their settings", async () => {
  const seen: Record<string, Setting>[] = [];
  const stages = sweepStages(expandSweep(parseSweep({ axes: { first: ["a", "b"] } })), async (settings) => ({
    search: async () => {
      seen.push(settings);
      return [{ id: String(settings.first), score: 1 }];
    },
    close: async () => {},
  }));
  const collection = { queries: [{ id: "q", text: "?" }], qrels: new Map([["q", new Map([["b", 1]])]]) };
  const results = await runCollection(collection, stages, { measures: [measureOf("mrr")] });
  assert.deepEqual(seen, [{ first: "a" }, { first: "b" }]);
  assert.deepEqual(
    results.map(({ name, summary }) => [name, summary.means.mrr]),
    [
      ["first=a", 0],
      ["first=b", 1],
    ],
  );
});
