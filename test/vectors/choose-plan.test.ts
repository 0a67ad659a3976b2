import assert from "node:assert/strict";
import { test } from "node:test";
import { LodestoneError } from "../../src/errors.js";
import { choosePlan, defaultEf, type PlanFacts } from "../../src/vectors/choose-plan.js";

const large: PlanFacts = {
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
  assert.deepEqual(choosePlan(absent), { plan: { kind: "exact" }, reason: "no graph is loaded" });
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
