import assert from "node:assert/strict";
import { test } from "node:test";
import { vectorsInEnvironment, vectorsOf } from "../../src/cli/vector-options.js";
import { LodestoneError } from "../../src/errors.js";

test("the environment says where vectors lie, and a flag says it over the environment", () => {
  assert.deepEqual(vectorsInEnvironment({}), {});
  assert.deepEqual(vectorsInEnvironment({ LODESTONE_VECTORS_ON_DISK: "" }), {});
  assert.deepEqual(vectorsInEnvironment({ LODESTONE_VECTORS_ON_DISK: "1" }), { onDisk: true });
  assert.deepEqual(vectorsInEnvironment({ LODESTONE_VECTORS_ON_DISK: "0" }), { onDisk: false });
  const environment = vectorsInEnvironment({ LODESTONE_VECTORS_ON_DISK: "1" });
  assert.equal({ ...environment, ...vectorsOf({}) }.onDisk, true);
  assert.equal({ ...vectorsInEnvironment({}), ...vectorsOf({ vectorsOnDisk: true }) }.onDisk, true);
});

test("an environment that says neither yes nor no is refused by its name", () => {
  assert.throws(
    () => vectorsInEnvironment({ LODESTONE_VECTORS_ON_DISK: "maybe" }),
    (error) =>
      error instanceof LodestoneError &&
      error.code === "INVALID_INPUT" &&
      /LODESTONE_VECTORS_ON_DISK is 1 or 0, not "maybe"/.test(error.message),
  );
});
