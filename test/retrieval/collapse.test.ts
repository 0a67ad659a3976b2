import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { collapse } from "../../src/retrieval/collapse.js";

test("a document stands where its best chunk stood and knows how many chunks matched", () => {
  const ranking = ["b1", "a1", "b2", "c1", "b3", "a2"];
  assert.deepEqual(
    collapse(ranking, (chunk) => "abc".indexOf(chunk[0]!) + 1),
    [
      { documentKey: 2, best: "b1", matchingChunks: 3 },
      { documentKey: 1, best: "a1", matchingChunks: 2 },
      { documentKey: 3, best: "c1", matchingChunks: 1 },
    ],
  );
});

test("chunks of a document that is gone are left out", () => {
  assert.deepEqual(
    collapse([1, 2, 3], (chunk) => (chunk === 2 ? 0 : 9)),
    [{ documentKey: 9, best: 1, matchingChunks: 2 }],
  );
});

test("law: each document once, in the order of first chunks, and the counts add up", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(8)), (keys) => {
      const documents = collapse([...keys.entries()], ([, key]) => key);
      const alive = keys.filter((key) => key !== 0);
      assert.deepEqual(
        documents.map(({ documentKey }) => documentKey),
        [...new Set(alive)],
      );
      assert.ok(documents.every(({ best: [at], documentKey }) => keys.indexOf(documentKey) === at));
      assert.equal(
        documents.reduce((sum, { matchingChunks }) => sum + matchingChunks, 0),
        alive.length,
      );
    }),
  );
});
