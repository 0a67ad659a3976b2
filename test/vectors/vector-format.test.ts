import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { allocate, createSharedMemory } from "../../src/vectors/shared-memory.js";
import { codecOf } from "../../src/vectors/vector-format.js";
import { randomFrom, unitVectors } from "./random-vectors.js";

const memory = createSharedMemory();
const address = allocate(memory, 65536 * 2);
const halves = new Uint16Array(memory.buffer, address, 65536);

/** The value of a half by the standard's definition. */
function halfValue(half: number): number {
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return half & 0x8000 ? -size : size;
}

test("every finite half is read as the standard defines it, and written as itself", () => {
  const codec = codecOf("float16", memory);
  const finite = Uint16Array.from({ length: 65536 }, (_, half) => half).filter((half) => ((half >>> 10) & 31) < 31);
  halves.set(finite);
  const read = new Float32Array(finite.length);
  codec.read(address, 1, read);
  finite.forEach((half, i) => {
    assert.ok(Object.is(read[i], halfValue(half)), `half ${half} was read as ${read[i]}`);
  });
  halves.fill(0);
  codec.write(address, read);
  assert.deepEqual(halves.slice(0, finite.length), finite);
});

test("a float becomes the nearest half, at a tie the even one", () => {
  const codec = codecOf("float16", memory);
  // Any float of a size up to 2, and the points half-way between two halves, where ties are.
  const anyFloat = fc.float({ min: -2, max: 2, noNaN: true });
  const tie = fc.integer({ min: 0, max: 0x3fff }).map((half) => (halfValue(half) + halfValue(half + 1)) / 2);
  fc.assert(
    fc.property(fc.oneof(anyFloat, tie), (value) => {
      codec.write(address, Float32Array.of(value));
      const half = halves[0]!;
      assert.equal(half >>> 15, Object.is(Math.sign(value), -0) || value < 0 ? 1 : 0);
      const errorOf = (size: number) => Math.abs(halfValue(size) - Math.abs(value));
      const size = half & 0x7fff;
      for (const other of [size - 1, size + 1]) {
        if (other < 0) continue;
        assert.ok(errorOf(size) < errorOf(other) || (errorOf(size) === errorOf(other) && size % 2 === 0));
      }
    }),
    { numRuns: 2000 },
  );
});

test("8-bit integers keep unit length and each element within half a step of its place", () => {
  const codec = codecOf("int8", memory);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1024 }), fc.nat(), (dimensions, seed) => {
      const vector = unitVectors(1, dimensions, randomFrom(seed));
      const scale = Math.fround(codec.write(address, vector));
      const bytes = new Int8Array(memory.buffer, address, dimensions);
      const step = Math.max(...vector.map(Math.abs)) / 127;
      vector.forEach((value, i) => {
        assert.ok(Math.abs(bytes[i]! - value / step) <= 0.5 + 1e-4 && bytes[i]! >= -127);
      });
      const read = new Float32Array(dimensions);
      codec.read(address, scale, read);
      assert.ok(Math.abs(Math.hypot(...read) - 1) < 1e-6);
      read.forEach((value, i) => {
        assert.equal(value, Math.fround(bytes[i]! * scale));
      });
    }),
    { numRuns: 200 },
  );
});
