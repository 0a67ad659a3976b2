import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { commonWords, DEFAULT_FEEDBACK, expandTerms, moveQuery } from "../../src/retrieval/feedback.js";

const vector = fc
  .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
  .filter((values) => Math.hypot(...values) > 0.1)
  .map((values) => Float32Array.from(values, (x) => x / Math.hypot(...values)));

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

test("a moved query has unit length and is never farther from the passages' centroid than before", () => {
  fc.assert(
    fc.property(
      vector,
      fc.array(vector, { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (query, passages, weight) => {
        const sum = [0, 1, 2, 3].map((i) => passages.reduce((total, passage) => total + passage[i]!, 0));
        const length = Math.hypot(...sum);
        fc.pre(length > 0.1);
        const centroid = Float32Array.from(sum, (x) => x / length);
        // Opposite directions of equal length cancel out: there is nothing to search for.
        fc.pre(Math.abs(cosine(query, centroid) + 1) > 0.01);
        const moved = moveQuery(query, passages, weight);
        assert.ok(Math.abs(Math.hypot(...moved) - 1) < 1e-5);
        assert.ok(cosine(moved, centroid) >= cosine(query, centroid) - 1e-5);
      },
    ),
  );
});

test("a weight of 0 leaves the query where it is; passages of fewer dimensions cut it", () => {
  const query = Float32Array.of(0.6, 0.8, 0, 0);
  const close = (a: Float32Array, b: number[]) => {
    for (const [i, x] of b.entries()) assert.ok(Math.abs(a[i]! - x) < 1e-6, `${a}`);
  };
  close(moveQuery(query, [Float32Array.of(0, 0, 1, 0)], 0), [0.6, 0.8, 0, 0]);
  close(moveQuery(Float32Array.of(0.6, 0, 0.8, 0), [Float32Array.of(0, 1)], 1), [Math.SQRT1_2, Math.SQRT1_2, 0, 0]);
});

test("words count under one stem, once two passages have them, without stop words", () => {
  const words = commonWords(["The whale sings; whales sing at night", "A whale at night", "Bread"], 10);
  assert.deepEqual(words.map(({ word, passages }) => [word, passages]).sort(), [
    ["night", 2],
    ["whale", 2],
  ]);
  assert.equal(words[0]!.word, "whale");
  assert.deepEqual(
    commonWords(["only one passage"], 2).map(({ word }) => word),
    ["one", "passage"],
  );
});

test("expanded terms weigh as much in all as the query did, the query's own in the share that is theirs", () => {
  const terms = [
    { word: "whales", weight: 2 },
    { word: "song", weight: 1 },
  ];
  const candidates = [
    { word: "whale", passages: 5, share: 0.4 },
    { word: "ocean", passages: 4, share: 0.3 },
    { word: "study", passages: 4, share: 0.2 },
    { word: "unseen", passages: 2, share: 0.1 },
  ];
  const rarity = { rows: 1000, frequencies: [20, 30, 500, 0] };
  const { own, further, added } = expandTerms(terms, candidates, rarity, { ...DEFAULT_FEEDBACK, ownShare: 0.7 });
  // "study" is in half of the library, "unseen" in no living passage; "whale" is the query's own.
  assert.deepEqual(added, ["ocean"]);
  const total = [...own, ...further].reduce((sum, { weight }) => sum + weight, 0);
  assert.ok(Math.abs(total - 3) < 1e-9);
  assert.ok(Math.abs(own[0]!.weight - 1.4) < 1e-9);
  assert.deepEqual(expandTerms(terms, [], { rows: 10, frequencies: [] }, DEFAULT_FEEDBACK), {
    own: terms,
    further: [],
    added: [],
  });
});
