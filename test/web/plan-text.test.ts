// How the page tells the way vectors were searched.
import assert from "node:assert/strict";
import { test } from "node:test";
import { planText } from "../../src/web/explain/plan-text.js";

test("the plan is told with its numbers and its reason", () => {
  const reason = "about 0.2 ms";
  assert.equal(planText({ kind: "exact", reason }), "exact: about 0.2 ms");
  assert.equal(
    planText({ kind: "prefilter", oversampling: 8.04, reason }),
    "prefilter, 8 candidates for each result: about 0.2 ms",
  );
  assert.equal(
    planText({ kind: "ivf", probes: 1, oversampling: 7.44, reason }),
    "ivf, 1 list, 7.4 candidates for each result: about 0.2 ms",
  );
  assert.equal(planText({ kind: "graph", ef: 128, reason }), "graph, 128 candidates: about 0.2 ms");
});
