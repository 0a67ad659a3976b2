import assert from "node:assert/strict";
import { test } from "node:test";
import { ablationReport } from "../../../src/cli/evaluation/ablation.js";
import type { Evaluated } from "../../../src/cli/evaluation/evaluate.js";
import { figuresOf } from "../../../src/cli/evaluation/figures.js";
import { adjustHolm, comparePaired } from "../../../src/evaluation/index.js";

/** A collection whose stages have these values of nDCG. */
function evaluated(name: string, stages: Record<string, number[]>): Evaluated {
  return {
    ...{ name, model: "m", documents: 1, chunks: 1, indexMs: 1, degraded: 0 },
    queries: Object.values(stages)[0]!.length,
    stages: Object.entries(stages).map(([stage, values]) => ({
      name: stage,
      summary: {
        queryIds: values.map((_, i) => `q${i}`),
        values: { "ndcg@10": values },
        means: { "ndcg@10": values.reduce((sum, value) => sum + value, 0) / values.length },
      },
      run: new Map(),
      latenciesMs: values.map((_, i) => i + 1),
    })),
  };
}

const few = evaluated("few", { a: [0, 0.5], b: [1, 0.5], c: [1, 1] });
const many = evaluated("many", { a: [0.1, 0.2, 0.3, 0.4], b: [0.2, 0.3, 0.4, 0.5], c: [0.1, 0.2, 0.3, 0.9] });

test("without a baseline each stage is compared with the one before, with one all others are", () => {
  const baselines = (baseline?: Parameters<typeof figuresOf>[1]) =>
    figuresOf([few], baseline).collections[0]!.stages.map(({ comparison }) => comparison?.baseline);
  assert.deepEqual(baselines(), [undefined, "a", "b"]);
  assert.deepEqual(baselines({ kind: "stage", name: "b" }), ["b", undefined, "b"]);
  const summaryOf = () => few.stages[0]!.summary;
  assert.deepEqual(baselines({ kind: "run", name: "x.run", summaryOf }), ["x.run", "x.run", "x.run"]);
});

test("p of a table is raised for the number of comparisons in it", () => {
  const { stages } = figuresOf([many], { kind: "stage", name: "a" }).collections[0]!;
  const compared = stages.flatMap(({ comparison }) => comparison ?? []);
  const raised = adjustHolm(compared.map(({ pValue }) => pValue));
  assert.deepEqual(
    compared.map(({ pHolm }) => pHolm),
    raised,
  );
  assert.equal(compared[0]?.pHolm, Math.min(1, 2 * compared[0]!.pValue));
});

test("an ablation weighs collections alike in the mean, and queries alike in the test", () => {
  const variants = ["a", "b", "c"].map((name) => ({ name, request: {} }));
  const { rows, queries, collections } = ablationReport([few, many], variants);
  assert.deepEqual([queries, collections], [6, ["few", "many"]]);
  assert.deepEqual(
    rows.map(({ mean }) => mean.toFixed(4)),
    ["0.2500", "0.5500", "0.6875"],
  );
  assert.deepEqual(
    rows.map(({ difference }) => difference?.toFixed(4)),
    [undefined, "0.3000", "0.4375"],
  );
  const all = (stage: number) => [few, many].flatMap(({ stages }) => stages[stage]!.summary.values["ndcg@10"]!);
  assert.equal(rows[1]?.pValue, comparePaired(all(0), all(1)).pValue);
  assert.equal(rows[2]?.p50Ms, 2);
});
