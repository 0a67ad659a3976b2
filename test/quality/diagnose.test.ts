import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wilsonInterval } from "../../src/quality/diagnosis/wilson.js";
import {
  type Check,
  checks,
  diagnose,
  embeddingHealthSteps,
  type Facts,
  finish,
  type Outcome,
} from "../../src/quality/index.js";
import { cloud } from "./random-rows.js";

const nowMs = 1_800_000_000_000;

const firstOf = (facts: Omit<Facts, "nowMs">) => diagnose({ nowMs, ...facts }).causes[0];

test("without facts every check says what is missing, and nothing is named", () => {
  const { findings, causes, sentence } = diagnose({ nowMs });
  assert.deepEqual(
    findings.map(({ check }) => check),
    checks.map(({ name }) => name),
  );
  for (const { status, sentence: words } of findings) {
    assert.equal(status, "unknown");
    assert.match(words, /^Not checked: .+\.$/);
  }
  assert.deepEqual(causes, []);
  assert.match(sentence, /0 of 16 checks/);
});

test("causes that need no vectors", () => {
  const ingest = { finishedMs: nowMs - 3_600_000, written: 60, failed: 40, libraryDocuments: 500 };
  assert.equal(firstOf({ ingest })?.cause, "failed-ingest");
  assert.equal(firstOf({ ingest: { ...ingest, failed: 2 } }), undefined);

  const cache = { entries: 100, lookups: 900, hits: 300, probes: 24, mismatches: 0 };
  assert.equal(firstOf({ cache }), undefined);
  assert.equal(firstOf({ cache: { ...cache, mismatches: 2 } })?.cause, "poisoned-cache");
  assert.equal(firstOf({ cache: { ...cache, hits: 901 } })?.cause, "poisoned-cache");

  const queries = { queries: 400, zeroResults: 0, lowConfidence: 40, degraded: 0, expectedLowConfidenceRate: 0.08 };
  assert.equal(firstOf({ queries }), undefined);
  assert.equal(firstOf({ queries: { ...queries, degraded: 120 } })?.cause, "overload");
  assert.equal(firstOf({ queries: { ...queries, lowConfidence: 200 } })?.cause, "query-domain");

  const versions = { model: "m@1", pipeline: "2", chunksByModel: { "m@1": 10 }, chunksByPipeline: { 1: 5, 2: 5 } };
  const [stale] = diagnose({ nowMs, versions }).causes;
  assert.equal(stale?.cause, "mixed-versions");
  assert.deepEqual(stale?.evidence, ["5 of 10 were cut by pipeline 1."]);
});

test("norms that have moved speak for an altered model, empty vectors for altered texts", () => {
  const baseline = cloud({ rows: 64, seed: 1, norm: 10 });
  const health = (norm: number, empty = 0) => {
    const current = cloud({ rows: 64, seed: 2, norm });
    current.vectors.fill(0, 0, empty * current.dimensions);
    return finish(embeddingHealthSteps(baseline, current, { tolerances: { shift: 1, uncalibratedCoherence: 0 } }));
  };
  assert.equal(firstOf({ batch: health(14) })?.cause, "altered-model");
  assert.equal(firstOf({ batch: health(10, 6) })?.cause, "altered-preprocessing");
  assert.equal(firstOf({ batch: health(10) }), undefined);
});

test("a batch that is large and new is worth a notice", () => {
  const ingest = { finishedMs: nowMs - 3_600_000, written: 60, failed: 0, libraryDocuments: 100 };
  const [finding] = diagnose({ nowMs, ingest }).findings;
  assert.deepEqual(
    [finding?.status, finding?.sentence],
    ["notice", "The newest batch came 1 hour ago: 60 of 100 documents."],
  );
});

const weight = fc.double({ min: -0.99, max: 0.99, noNaN: true });

test("law: belief lies in 0..1, rises with every reason for a cause and falls with every one against", () => {
  const walkOf = (weights: readonly number[]): Check[] =>
    weights.map((value, i) => ({
      name: `check ${i}`,
      title: "",
      run: (): Outcome => ({
        status: "suspicious",
        sentence: `${i}`,
        figures: [],
        hints: [{ cause: "overload", weight: value }],
      }),
    }));
  const beliefOf = (weights: readonly number[]) => diagnose({ nowMs }, walkOf(weights)).causes[0]?.belief ?? 0;
  fc.assert(
    fc.property(fc.array(weight, { maxLength: 6 }), weight, (weights, more) => {
      const before = beliefOf(weights);
      const after = beliefOf([...weights, more]);
      assert.ok(after >= 0 && after < 1);
      if (more >= 0) assert.ok(after >= before - 1e-12);
      else assert.ok(after <= before + 1e-12);
    }),
  );
});

test("evidence is told with the strongest reason first", () => {
  const recall = { plan: "codes", wanted: 0.95, sought: 400, found: 100 };
  const { causes, sentence } = diagnose({ nowMs, recall });
  assert.equal(causes[0]?.evidence[0], "The search (codes) finds 25 % of the 400 true neighbours; 95 % are wanted.");
  assert.match(sentence, /^Most likely: The search over quantized vectors misses what is nearest\. Run "lodestone /);
});

test("Wilson's interval: 8 of 10 leaves 49 % to 94 %, and no trials leave everything", () => {
  const { low, high } = wilsonInterval(8, 10);
  assert.ok(Math.abs(low - 0.4902) < 1e-3 && Math.abs(high - 0.9433) < 1e-3, `${low} ${high}`);
  assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
});
