import assert from "node:assert/strict";
import { test } from "node:test";
import { renderStages } from "../../../src/cli/render/explain.js";
import { plainStyle } from "../../../src/cli/render/style.js";
import type { SearchResponse } from "../../../src/retrieval/index.js";

test("the plan is told with the numbers it was carried out with, and why it was taken", () => {
  const shown = (plan: SearchResponse["plan"]) => {
    const fusion = { source: "default", method: "convex", lexicalWeight: 0.6 };
    const answer = { stages: [], plan, fusion, rerankDepth: 0, generation: 3, model: "a@1", tookMs: 2 };
    const response = answer as unknown as SearchResponse;
    return /^vectors (.*), generation 3, a@1$/m.exec(renderStages(response, plainStyle))?.[1];
  };
  const reason = "asked for";
  assert.equal(shown({ kind: "none", reason }), "none (asked for)");
  assert.equal(shown({ kind: "exact", reason }), "exact (asked for)");
  assert.equal(
    shown({ kind: "prefilter", oversampling: 8, reason }),
    "prefilter, 8 candidates for each result (asked for)",
  );
  assert.equal(
    shown({ kind: "ivf", probes: 1382, reach: 0.1, oversampling: 7.4375, reason }),
    "ivf, 1,382 lists, 7.4 candidates for each result (asked for)",
  );
  assert.equal(shown({ kind: "graph", ef: 128, reason }), "graph, 128 candidates (asked for)");
});
