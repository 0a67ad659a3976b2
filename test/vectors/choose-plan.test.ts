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
  eligibleRows: 500_000,
  graph: { state: "ready", rows: 500_000, eligibleRows: 500_000 },
};

const small: PlanFacts = { ...large, eligibleRows: 1000, graph: { state: "ready", rows: 1000, eligibleRows: 1000 } };
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

const coded: PlanFacts = {
  ...absent,
  eligibleRows: 100_000,
  codes: {
    state: "ready",
    eligibleRows: 100_000,
    scannedRows: 100_000,
    calibration: { oversamplingFor: (recall, k) => (recall > 0.995 ? undefined : Math.max(120 / k, 4)) },
  },
};

test("measured codes are scanned with the oversampling that calibration found, a small index exactly", () => {
  assert.deepEqual(choosePlan(coded).plan, { kind: "prefilter", oversampling: 12 });
  assert.match(choosePlan(coded).reason, /100000 rows \(exact 8\.8/);
  const codes = { ...coded.codes, eligibleRows: 2000, scannedRows: 2016 };
  assert.equal(choosePlan({ ...coded, eligibleRows: 2000, codes }).plan.kind, "exact");
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

test("codes that have not been measured are used only where they are asked for", () => {
  const unmeasured: PlanFacts = {
    ...coded,
    codes: { state: "ready", eligibleRows: 100_000, scannedRows: 100_000 },
  };
  assert.equal(choosePlan(unmeasured).plan.kind, "exact");
  assert.equal(choosePlan({ ...unmeasured, requested: "prefilter" }).plan.kind, "prefilter");
  assert.deepEqual(choosePlan({ ...unmeasured, oversampling: 4 }).plan, { kind: "prefilter", oversampling: 4 });
});

test("of prefilter and graph the quicker one is taken: codes for a hundred thousand rows, the graph for millions", () => {
  for (const [rows, kind] of [
    [50_000, "prefilter"],
    [100_000, "prefilter"],
    [2_000_000, "graph"],
  ] as const) {
    const codes = { ...coded.codes, eligibleRows: rows, scannedRows: rows };
    const graph = { state: "ready", rows, eligibleRows: rows } as const;
    assert.equal(choosePlan({ ...coded, eligibleRows: rows, codes, graph }).plan.kind, kind);
  }
});
