// JSON from outside is what JSON.parse makes of it, or refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_LIST, parseJson } from "../../src/http/json-body.js";

const refuse = (message: string) => new Error(message);

/** The same question asked in another way: by JSON.parse's reviver, which sees every key. */
function isDangerous(text: string): boolean {
  let found = false;
  JSON.parse(text, function (this: object, key, value: unknown) {
    const { constructor: made } = Object.hasOwn(this, "constructor")
      ? (this as { constructor: unknown })
      : { constructor: null };
    const prototypes = typeof made === "object" && made !== null && Object.hasOwn(made, "prototype");
    if ((key === "__proto__" && !Array.isArray(this)) || prototypes) found = true;
    return value;
  });
  return found;
}

const key = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "prototype", "toString", "a"));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("tree")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

test("a value is taken as it is unless a key of it reaches for a prototype", () => {
  fc.assert(
    fc.property(tree, (value) => {
      const text = JSON.stringify(value);
      if (isDangerous(text)) assert.throws(() => parseJson(text, "It", refuse), /which is not taken from outside/);
      else assert.deepEqual(parseJson(text, "It", refuse), JSON.parse(text));
    }),
  );
});

test("a text that is no JSON is refused with the place", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      fc.pre(!valid);
      assert.throws(() => parseJson(text, "It", refuse), /^Error: It is not valid JSON: /);
    }),
  );
});

test("the limits of depth and length are just where they are said to be", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.doesNotThrow(() => parseJson(nested(64), "It", refuse));
  assert.throws(() => parseJson(nested(65), "It", refuse), /deeper than 64/);
  assert.throws(() => parseJson(nested(100_000), "It", refuse), /deeper than 64/);
  const list = (length: number) => JSON.stringify({ a: Array.from({ length }, () => 0) });
  assert.doesNotThrow(() => parseJson(list(MAX_LIST), "It", refuse));
  assert.throws(() => parseJson(list(MAX_LIST + 1), "It", refuse), /10001 elements; at most 10000/);
});
