import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstalledModel } from "../../src/web/api/models.js";
import type { Status } from "../../src/web/api/status.js";
import {
  biEncoderChoices,
  dimensionsOf,
  noFields,
  noSparseEncoder,
  requestOf,
  sparseEncoderChoices,
} from "../../src/web/migration/start-form.js";

const models: InstalledModel[] = [
  { name: "e5-small", role: "bi-encoder", dimensions: [384] },
  { name: "minilm", role: "bi-encoder", dimensions: [1024, 512] },
  { name: "rerank", role: "cross-encoder", dimensions: [] },
  { name: "splade", role: "sparse-encoder", dimensions: [] },
];

const using = (sparseEncoder: string | null) =>
  ({
    generation: { model: "minilm@3f2a91c07d4e", dimensions: 512 },
    models: { biEncoder: "minilm@3f2a91c07d4e", sparseEncoder, crossEncoder: null },
  }) as Status;

test("the form asks only for what was filled in", () => {
  assert.equal(requestOf(noFields), undefined);
  assert.equal(requestOf({ ...noFields, dimensions: "  " }), undefined);
  assert.deepEqual(requestOf({ ...noFields, maxTokens: "128" }), { maxTokens: 128 });
  assert.deepEqual(requestOf({ ...noFields, sparseEncoder: noSparseEncoder }), { sparseEncoder: null });
  const all = { model: "e5-small", sparseEncoder: "splade", dimensions: "256", maxTokens: "128", overlapTokens: "0" };
  assert.deepEqual(requestOf(all), {
    model: "e5-small",
    sparseEncoder: "splade",
    dimensions: 256,
    maxTokens: 128,
    overlapTokens: 0,
  });
});

test("the choice is between the model in use, which is no change, and the other bi-encoders", () => {
  assert.deepEqual(biEncoderChoices(models, using(null)), [
    { value: "", label: "As it is: minilm, 512 dimensions" },
    { value: "e5-small", label: "e5-small, 384 dimensions" },
  ]);
  assert.deepEqual(dimensionsOf(models, "", using(null)), [1024, 512]);
  assert.deepEqual(dimensionsOf(models, "e5-small", using(null)), [384]);
  assert.deepEqual(dimensionsOf([], "", using(null)), []);
});

test("a sparse encoder can be taken away where there is one, and brought in where it is installed", () => {
  const values = (used: string | null) => sparseEncoderChoices(models, using(used)).map(({ value }) => value);
  assert.deepEqual(values(null), ["", "splade"]);
  assert.deepEqual(values("splade@0a1b"), ["", noSparseEncoder]);
  assert.deepEqual(values("other@0a1b"), ["", noSparseEncoder, "splade"]);
  assert.equal(sparseEncoderChoices(models, using(null))[0]?.label, "As it is: none");
});
