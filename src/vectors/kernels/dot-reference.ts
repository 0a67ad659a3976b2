// The reading version of assembly/dot.ts; the order of summation stands there. Slow: every sum is rounded to float32 by hand.

import type { SharedMemory } from "../shared-memory.js";
import type { Kernels } from "./kernels.js";
import { TopK } from "./top-k-reference.js";

export function dotKernels(memory: SharedMemory): Pick<Kernels, "dot" | "dotTopK" | "dotTopKOf"> {
  const floats = () => new Float32Array(memory.buffer);
  const integers = () => new Uint32Array(memory.buffer);
  return {
    dot: (vector, query, strideBytes) => dot(floats(), vector, query, strideBytes),
    dotTopK(vectors, strideBytes, rowNumbers, query, mask, words, scores, rows, size, k) {
      const [f, u] = [floats(), integers()];
      const heap = new TopK(f, u, scores, rows, size, k);
      for (let slot = 0; slot < words * 32; slot++) {
        if (((u[(mask >>> 2) + (slot >>> 5)]! >>> (slot & 31)) & 1) === 0) continue;
        heap.offer(dot(f, vectors + slot * strideBytes, query, strideBytes), u[(rowNumbers >>> 2) + slot]!);
      }
      return heap.size;
    },
    dotTopKOf(addresses, candidates, count, strideBytes, query, scores, rows, size, k) {
      const [f, u] = [floats(), integers()];
      const heap = new TopK(f, u, scores, rows, size, k);
      for (let i = 0; i < count; i++) {
        heap.offer(dot(f, u[(addresses >>> 2) + i]!, query, strideBytes), u[(candidates >>> 2) + i]!);
      }
      return heap.size;
    },
  };
}

/** The sum of 16 lanes. */
export function sumLanes(lane: Float32Array): number {
  const { fround } = Math;
  const a = (j: number) => fround(fround(lane[j]! + lane[4 + j]!) + fround(lane[8 + j]! + lane[12 + j]!));
  return fround(fround(a(0) + a(2)) + fround(a(1) + a(3)));
}

/** A product of two floats is exact in a double, so each fround rounds once. */
export function dot(floats: Float32Array, vector: number, query: number, strideBytes: number): number {
  const { fround } = Math;
  const lane = new Float32Array(16);
  for (let i = 0; i < strideBytes >>> 2; i++) {
    const product = fround(floats[(vector >>> 2) + i]! * floats[(query >>> 2) + i]!);
    lane[i & 15] = fround(lane[i & 15]! + product);
  }
  return sumLanes(lane);
}
