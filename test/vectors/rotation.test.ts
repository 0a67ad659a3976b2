import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadKernels } from "../../src/vectors/kernels/kernels.js";
import { Rotation } from "../../src/vectors/rotation.js";
import { allocate, createSharedMemory } from "../../src/vectors/shared-memory.js";
import { naiveScores, randomFrom, unitVectors } from "./random-vectors.js";

const memory = createSharedMemory();
const workspace = { memory, kernels: await loadKernels(memory) };
const place = allocate(memory, 4096 * 4);

function rotated(rotation: Rotation, vector: Float32Array): Float32Array {
  const padded = new Float32Array(memory.buffer, place, rotation.paddedDimensions).fill(0);
  padded.set(vector);
  rotation.apply(place);
  return padded.slice();
}

test("a rotation keeps lengths and dot products", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1100 }), fc.nat(), (dimensions, seed) => {
      const rotation = new Rotation(dimensions, workspace);
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
    const rotation = new Rotation(dimensions, workspace);
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
  assert.deepEqual(rotated(new Rotation(300, workspace), vector), rotated(new Rotation(300, workspace), vector));
});
