import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diversify } from "../../src/retrieval/diversity.js";

type Document = { id: number; relevance: number; vector?: Float32Array };

const unit = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));
const ids = (documents: readonly Document[], diversity: number) =>
  diversify(documents, ({ vector }) => vector, diversity).map(({ document }) => document.id);

// The definition, written down as it stands in the paper.
function naive(documents: readonly Document[], diversity: number): number[] {
  const low = Math.min(...documents.map(({ relevance }) => relevance));
  const high = Math.max(...documents.map(({ relevance }) => relevance));
  const chosen: Document[] = [];
  while (chosen.length < documents.length) {
    const left = documents.filter((document) => !chosen.includes(document));
    const score = ({ relevance, vector }: Document) => {
      const likeness = chosen.map((other) =>
        vector && other.vector ? vector[0]! * other.vector[0]! + vector[1]! * other.vector[1]! : 0,
      );
      const scaled = high === low ? 1 : (relevance - low) / (high - low);
      return (1 - diversity) * scaled - diversity * Math.max(0, ...likeness);
    };
    chosen.push(left.reduce((best, document) => (score(document) > score(best) ? document : best)));
  }
  return chosen.map(({ id }) => id);
}

test("the order is that of the definition", () => {
  const documents = fc
    .array(
      fc.record({
        relevance: fc.double({ min: 0, max: 1, noNaN: true }),
        angle: fc.option(fc.double({ min: 0, max: 6, noNaN: true })),
      }),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((entries) =>
      entries
        .sort((a, b) => b.relevance - a.relevance)
        .map(
          ({ relevance, angle }, id): Document =>
            angle === null ? { id, relevance } : { id, relevance, vector: unit(angle) },
        ),
    );
  fc.assert(
    fc.property(documents, fc.double({ min: 0, max: 1, noNaN: true }), (list, diversity) => {
      assert.deepEqual(ids(list, diversity), naive(list, diversity));
    }),
  );
});

test("0 keeps the ranking; more brings forward what is unlike the first", () => {
  const documents = [
    { id: 0, relevance: 1, vector: unit(0) },
    { id: 1, relevance: 0.9, vector: unit(0.01) },
    { id: 2, relevance: 0.6, vector: unit(1.5) },
    { id: 3, relevance: 0, vector: unit(0.02) },
  ];
  assert.deepEqual(ids(documents, 0), [0, 1, 2, 3]);
  assert.deepEqual(ids(documents, 0.5), [0, 2, 1, 3]);
});
