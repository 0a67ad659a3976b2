import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { candidatesOf, choosePlan, defaultEf, minCandidates, type PlanFacts } from "../../src/vectors/choose-plan.js";

const noCodes = { state: "none", reason: "codes are switched off" } as const;

const large: PlanFacts = {
  recall: 0.99,
  dimensions: 512,
  codes: noCodes,
  requested: "auto",
  k: 10,
  rows: 500_000,
  eligibleRows: 500_000,
  graph: { state: "ready", rows: 500_000, eligibleRows: 500_000 },
};

const small: PlanFacts = {
  ...large,
  rows: 1000,
  eligibleRows: 1000,
  graph: { state: "ready", rows: 1000, eligibleRows: 1000 },
};
const absent: PlanFacts = { ...large, graph: { state: "none", reason: "no graph is loaded" } };

test("a large graph is walked, a small one is not", () => {
  assert.deepEqual(choosePlan(large).plan, { kind: "graph", ef: defaultEf });
  assert.deepEqual(choosePlan(small).plan, { kind: "exact" });
});

test("the caller's word counts", () => {
  assert.deepEqual(choosePlan({ ...large, requested: "exact" }).plan, { kind: "exact" });
  assert.deepEqual(choosePlan({ ...small, requested: "graph", ef: 300 }).plan, { kind: "graph", ef: 300 });
});

test("without a graph the scan answers and says why, but a forced graph is an error", () => {
  assert.deepEqual(choosePlan(absent), {
    plan: { kind: "exact" },
    reason: "codes are switched off; no graph is loaded",
  });
  assert.throws(
    () => choosePlan({ ...absent, requested: "graph" }),
    (error) =>
      error instanceof LodestoneError && error.code === "GRAPH_UNAVAILABLE" && /no graph is loaded/.test(error.message),
  );
});

test("a filter that leaves a small share of the graph is scanned, also when the graph was asked for", () => {
  for (const requested of ["auto", "graph"] as const) {
    const narrow = choosePlan({
      ...large,
      requested,
      eligibleRows: 100_000,
      graph: { state: "ready", rows: 500_000, eligibleRows: 100_000 },
    });
    assert.equal(narrow.plan.kind, "exact");
    assert.match(narrow.reason, /20 %/);
  }
});

test("what the filter will drop is fetched on top", () => {
  const half: PlanFacts = { ...large, k: 200, graph: { state: "ready", rows: 500_000, eligibleRows: 250_000 } };
  const { plan } = choosePlan(half);
  assert.ok(plan.kind === "graph" && plan.ef >= 400);
});

test("so many results that the walk costs more than the scan are scanned", () => {
  assert.equal(choosePlan({ ...large, k: 100_000 }).plan.kind, "exact");
});

const calibration = {
  oversamplingFor: (recall: number, k: number) => (recall > 0.995 ? undefined : Math.max(120 / k, 4)),
  probingFor: (recall: number, k: number) =>
    recall > 0.995 ? undefined : { reach: k / 100, probes: 60 * k, oversampling: Math.max(150 / k, 5) },
};
const codes = { state: "ready", eligibleRows: 100_000, scannedRows: 100_000, calibration } as const;
const coded: PlanFacts = { ...absent, rows: 100_000, eligibleRows: 100_000, codes };
const listed: PlanFacts = { ...coded, codes: { ...codes, lists: { count: 3200, looseRows: 0 } } };

test("measured codes are scanned with the oversampling that calibration found, a small index exactly", () => {
  assert.deepEqual(choosePlan(coded).plan, { kind: "prefilter", oversampling: 12 });
  assert.match(choosePlan(coded).reason, /100000 rows \(exact 8\.8/);
  const few = { ...codes, eligibleRows: 2000, scannedRows: 2016 };
  assert.equal(choosePlan({ ...coded, rows: 2000, eligibleRows: 2000, codes: few }).plan.kind, "exact");
});

test("candidates are what the calibration says for so many results, and never fewer than a handful", () => {
  const { plan } = choosePlan({ ...coded, k: 100 });
  assert.ok(plan.kind === "prefilter" && candidatesOf(plan.oversampling, 100) === 400);
  assert.equal(candidatesOf(1, 1), minCandidates);
});

test("a recall of 1, or one that codes do not reach, is searched exactly", () => {
  assert.deepEqual(choosePlan({ ...coded, recall: 1 }).plan, { kind: "exact" });
  assert.match(choosePlan({ ...coded, recall: 0.999 }).reason, /codes do not reach a recall of 0.999/);
});

test("codes that do not reach the recall are used where they are asked for", () => {
  for (const requested of ["prefilter", "ivf"] as const) {
    const { plan } = choosePlan({ ...listed, requested, recall: 0.999 });
    assert.ok(plan.kind === requested && plan.oversampling === 100);
  }
  assert.deepEqual(choosePlan({ ...coded, recall: 0.999, oversampling: 4 }).plan, {
    kind: "prefilter",
    oversampling: 4,
  });
});

test("where there are lists, the measured number of them is scanned", () => {
  assert.deepEqual(choosePlan(listed).plan, { kind: "ivf", probes: 600, reach: 0.1, oversampling: 15 });
  const wished = choosePlan({ ...listed, requested: "ivf", probes: 77, oversampling: 3 });
  assert.deepEqual(wished.plan, { kind: "ivf", probes: 77, oversampling: 3 });
  assert.match(choosePlan({ ...coded, requested: "ivf" }).reason, /in no lists/);
});

test("a mild filter takes more lists, a narrower one all of them, and a narrow one an exact search", () => {
  const filtered = (eligibleRows: number, scannedRows: number) =>
    choosePlan({
      ...listed,
      eligibleRows,
      codes: { ...codes, eligibleRows, scannedRows, lists: { count: 3200, looseRows: 0 } },
    });
  const mild = filtered(80_000, 100_000).plan;
  // 19 of the nearest rows hold the ten nearest allowed ones; of their candidates the allowed share, two and a half times.
  assert.ok(mild.kind === "ivf" && mild.probes === 19 * 60);
  assert.equal(Math.round(mild.oversampling), (2.5 * 150 * 0.8) / 10);
  assert.equal(filtered(20_000, 99_000).plan.kind, "prefilter");
  assert.equal(filtered(300, 9_000).plan.kind, "exact");
});

test("an exact scan of int8 is taken for more rows than one of floats", () => {
  const some = { ...coded, rows: 8000, eligibleRows: 8000, codes: { ...codes, eligibleRows: 8000, scannedRows: 8000 } };
  assert.equal(choosePlan(some).plan.kind, "prefilter");
  assert.equal(choosePlan({ ...some, format: "int8" }).plan.kind, "exact");
});

test("so many results that all lists would be scanned take the scan without lists", () => {
  assert.equal(choosePlan({ ...listed, k: 60 }).plan.kind, "prefilter");
});

test("of prefilter and graph the quicker one is taken: codes for a hundred thousand rows, the graph for millions", () => {
  for (const [rows, kind] of [
    [50_000, "prefilter"],
    [100_000, "prefilter"],
    [2_000_000, "graph"],
  ] as const) {
    const graph = { state: "ready", rows, eligibleRows: rows } as const;
    const all = { ...codes, eligibleRows: rows, scannedRows: rows };
    assert.equal(choosePlan({ ...coded, rows, eligibleRows: rows, codes: all, graph }).plan.kind, kind);
  }
});
