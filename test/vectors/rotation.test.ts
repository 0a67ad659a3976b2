import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Rotation } from "../../src/vectors/rotation.js";
import { naiveScores, randomFrom, unitVectors } from "./random-vectors.js";

function rotated(rotation: Rotation, vector: Float32Array): Float32Array {
  const padded = new Float32Array(rotation.paddedDimensions);
  padded.set(vector);
  rotation.apply(padded);
  return padded;
}

test("a rotation keeps lengths and dot products", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1100 }), fc.nat(), (dimensions, seed) => {
      const rotation = new Rotation(dimensions);
      const random = randomFrom(seed);
      const [a, b] = [unitVectors(1, dimensions, random), unitVectors(1, dimensions, random)];
      const [ra, rb] = [rotated(rotation, a), rotated(rotation, b)];
      const close = (x: number, y: number) => assert.ok(Math.abs(x - y) < 1e-5, `${x} is not ${y}`);
      close(naiveScores(ra, ra.length, ra)[0]!, 1);
      close(naiveScores(ra, ra.length, rb)[0]!, naiveScores(a, dimensions, b)[0]!);
    }),
    { numRuns: 40 },
  );
});

test("a single dimension is spread over all of them, also where they are no power of two", () => {
  for (const dimensions of [64, 100, 384, 512, 640, 768, 1000]) {
    const rotation = new Rotation(dimensions);
    for (const at of [0, Math.floor(dimensions / 2), dimensions - 1]) {
      const axis = new Float32Array(dimensions);
      axis[at] = 1;
      const largest = Math.max(...rotated(rotation, axis).map(Math.abs));
      // A random direction in n dimensions has its largest element near sqrt(2 ln n / n).
      const { paddedDimensions } = rotation;
      assert.ok(
        largest < 2 * Math.sqrt((2 * Math.log(paddedDimensions)) / paddedDimensions),
        `${dimensions}: ${largest}`,
      );
    }
  }
});

test("the same dimensions always give the same rotation", () => {
  const vector = unitVectors(1, 300, randomFrom(3));
  assert.deepEqual(rotated(new Rotation(300), vector), rotated(new Rotation(300), vector));
});
