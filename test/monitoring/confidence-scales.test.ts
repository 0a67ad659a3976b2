import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfidenceScales } from "../../src/monitoring/index.js";
import type { ConfidenceScale } from "../../src/quality/index.js";

const scale = (threshold: number, auc: number): ConfidenceScale => ({
  ...{
    threshold,
    slope: 10,
    missRate: 0.1,
    falseRate: 0.1,
    auc,
    relevantMean: threshold + 1,
    randomMean: threshold - 1,
  },
  ...{ relevantCount: 60, randomCount: 40, isReliable: true },
});
const facts = { crossEncoder: "reader@1", documents: 100, queries: 60, atMs: 0 };

test("the signal that tells more decides, and what is at hand where one is missing", () => {
  const scales = new ConfidenceScales();
  scales.set(1, { logit: scale(4, 0.9), cosine: scale(0.3, 0.97), ...facts });
  assert.equal(scales.scaleFor(1, { logit: 4, cosine: 0.3 })?.[1], 0.3);
  assert.equal(scales.scaleFor(1, { logit: 4 })?.[1], 4);
  assert.equal(scales.confidenceOf(1, {}), undefined);
  assert.ok(Math.abs(scales.confidenceOf(1, { cosine: 0.3 })! - 0.65) < 1e-12);
});

test("logits mean the same in another generation, cosines do not", () => {
  const scales = new ConfidenceScales();
  assert.equal(scales.confidenceOf(2, { logit: 4, cosine: 0.3 }), undefined);
  scales.set(1, { logit: scale(4, 0.9), cosine: scale(0.3, 0.97), ...facts });
  assert.equal(scales.scaleFor(2, { logit: 5, cosine: 0.3 })?.[1], 5);
  assert.equal(scales.confidenceOf(2, { cosine: 0.3 }), undefined);
});
