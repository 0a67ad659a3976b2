import assert from "node:assert/strict";
import { test } from "node:test";
import { mergePatch } from "../../../src/cli/evaluation/merge-patch.js";

test("the examples of RFC 7386, appendix A, that concern objects", () => {
  const cases: [target: object, patch: object, merged: object][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ a: "foo" }, { a: { b: { c: null } } }, { a: { b: {} } }],
  ];
  for (const [target, patch, merged] of cases) {
    const before = structuredClone(target);
    assert.deepEqual(mergePatch(target, patch), merged);
    assert.deepEqual(target, before, "the target stays as it was");
  }
});
