import assert from "node:assert/strict";
import { test } from "node:test";
import { compareReembedding } from "../../src/quality/index.js";

// Unit vectors at angles from the first axis, one a probe.
const at = (...degrees: number[]) =>
  Float32Array.from(degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));

test("a stored vector is put down to the way of embedding that gives it", () => {
  const { probes, counts, medianDistance } = compareReembedding({
    dimensions: 2,
    //      same, noise, prefix, head, nearer to the head, unexplained
    stored: at(0, 0.5, 5, 30, 22, 40),
    asIntended: at(0, 0, 0, 0, 0, 0),
    otherPrefix: at(5, 5, 5, 5, 5, 5),
    heads: [at(30, 30, 30, 30, 30, 90), at(60, 60, 60, 60, 60, 90)],
  });
  assert.equal(probes, 6);
  assert.deepEqual(counts, { "as-intended": 2, "other-prefix": 1, head: 2, unexplained: 1 });
  assert.ok(medianDistance > 0);
});

test("noise that all ways share is not put down to one of them", () => {
  const { counts } = compareReembedding({ dimensions: 2, stored: at(8), asIntended: at(0), otherPrefix: at(1) });
  assert.deepEqual(counts, { "as-intended": 1, "other-prefix": 0, head: 0, unexplained: 0 });
  const none = compareReembedding({ dimensions: 2, stored: new Float32Array(0), asIntended: new Float32Array(0) });
  assert.deepEqual([none.probes, none.medianDistance], [0, 0]);
});
