// The reading version of assembly/dot-float16.ts and assembly/dot-int8.ts; formulas stand there.

import type { SharedMemory } from "../shared-memory.js";
import { sumLanes } from "./dot-reference.js";
import type { Kernels } from "./kernels.js";
import { TopK } from "./top-k-reference.js";

export function formatKernels(
  memory: SharedMemory,
): Pick<Kernels, "float16TopK" | "float16TopKOf" | "int8TopK" | "int8TopKOf"> {
  const { fround } = Math;
  const floats = () => new Float32Array(memory.buffer);
  const integers = () => new Uint32Array(memory.buffer);
  const float16Score = (vector: number, query: number, strideBytes: number): number => {
    const halves = new Uint16Array(memory.buffer, vector, strideBytes / 2);
    // Each half where a float has its parts: the value times 2^-112.
    const bits = Uint32Array.from(halves, (half) => ((half & 0x8000) << 16) | ((half & 0x7fff) << 13));
    const elements = new Float32Array(bits.buffer);
    const q = new Float32Array(memory.buffer, query, halves.length);
    const lane = new Float32Array(16);
    for (let i = 0; i < elements.length; i++) lane[i & 15] = lane[i & 15]! + fround(elements[i]! * q[i]!);
    return sumLanes(lane);
  };
  const int8Score = (vector: number, query: number, strideBytes: number, scale: number): number => {
    const elements = new Int8Array(memory.buffer, vector, strideBytes);
    const q = new Int16Array(memory.buffer, query, strideBytes);
    const sum = elements.reduce((sum, element, i) => sum + element * q[i]!, 0);
    return fround(fround(sum) * scale);
  };
  return {
    float16TopK(vectors, strideBytes, rowNumbers, query, mask, words, scores, rows, size, k) {
      const u = integers();
      const heap = new TopK(floats(), u, scores, rows, size, k);
      for (const slot of slotsIn(u, mask, words)) {
        heap.offer(float16Score(vectors + slot * strideBytes, query, strideBytes), u[(rowNumbers >>> 2) + slot]!);
      }
      return heap.size;
    },
    float16TopKOf(addresses, candidates, count, strideBytes, query, scores, rows, size, k) {
      const u = integers();
      const heap = new TopK(floats(), u, scores, rows, size, k);
      for (let i = 0; i < count; i++) {
        heap.offer(float16Score(u[(addresses >>> 2) + i]!, query, strideBytes), u[(candidates >>> 2) + i]!);
      }
      return heap.size;
    },
    int8TopK(vectors, strideBytes, rowNumbers, scales, query, queryScale, mask, words, scores, rows, size, k) {
      const [f, u] = [floats(), integers()];
      const heap = new TopK(f, u, scores, rows, size, k);
      for (const slot of slotsIn(u, mask, words)) {
        const scale = fround(f[(scales >>> 2) + slot]! * fround(queryScale));
        const score = int8Score(vectors + slot * strideBytes, query, strideBytes, scale);
        heap.offer(score, u[(rowNumbers >>> 2) + slot]!);
      }
      return heap.size;
    },
    int8TopKOf(addresses, candidates, scales, count, strideBytes, query, queryScale, scores, rows, size, k) {
      const [f, u] = [floats(), integers()];
      const heap = new TopK(f, u, scores, rows, size, k);
      for (let i = 0; i < count; i++) {
        const scale = fround(f[(scales >>> 2) + i]! * fround(queryScale));
        const score = int8Score(u[(addresses >>> 2) + i]!, query, strideBytes, scale);
        heap.offer(score, u[(candidates >>> 2) + i]!);
      }
      return heap.size;
    },
  };
}

/** Slots set in a mask of `words` words, ascending. */
function* slotsIn(integers: Uint32Array, mask: number, words: number): Generator<number> {
  for (let slot = 0; slot < words * 32; slot++) {
    if ((integers[(mask >>> 2) + (slot >>> 5)]! >>> (slot & 31)) & 1) yield slot;
  }
}
