// The reading version of assembly/select.ts and assembly/gather.ts.

import type { SharedMemory } from "../shared-memory.js";
import { dot } from "./dot-reference.js";
import type { Kernels } from "./kernels.js";

const bucketCount = 1024;

export function listKernels(memory: SharedMemory): Pick<Kernels, "scoreOfNth" | "takeLists" | "dotsOf" | "sumOf"> {
  const { fround } = Math;
  return {
    scoreOfNth(scores, count, n) {
      const all = new Float32Array(memory.buffer, scores, count);
      const lowest = all.reduce((least, score) => Math.min(least, score), Infinity);
      const highest = all.reduce((most, score) => Math.max(most, score), -Infinity);
      if (lowest === highest) return lowest;
      const scale = fround(bucketCount / fround(highest - lowest));
      const counts = new Uint32Array(bucketCount);
      for (const score of all) {
        counts[Math.min(Math.trunc(fround(fround(score - lowest) * scale)), bucketCount - 1)]!++;
      }
      let bucket = bucketCount;
      for (let above = 0; above < n; above += counts[bucket]!) bucket--;
      const width = fround(fround(highest - lowest) / bucketCount);
      return fround(lowest + fround(fround(bucket - fround(0.01)) * width));
    },
    takeLists(scores, count, least, live, mask) {
      const all = new Float32Array(memory.buffer, scores, count);
      const words = Array.from(new Uint32Array(memory.buffer, live, count), (word, i) => (all[i]! >= least ? word : 0));
      new Uint32Array(memory.buffer, mask, count).set(words);
      return words.filter((word) => word !== 0).length;
    },
    dotsOf(vectors, strideBytes, indexes, count, query, scores) {
      const floats = new Float32Array(memory.buffer);
      const integers = new Uint32Array(memory.buffer);
      for (let n = 0; n < count; n++) {
        const index = integers[(indexes >>> 2) + n]!;
        floats[(scores >>> 2) + n] = dot(floats, vectors + index * strideBytes, query, strideBytes);
      }
    },
    sumOf(vectors, strideBytes, indexes, count, sum) {
      const floats = new Float32Array(memory.buffer);
      const integers = new Uint32Array(memory.buffer);
      const total = new Float32Array(strideBytes / 4);
      for (let n = 0; n < count; n++) {
        const at = (vectors + integers[(indexes >>> 2) + n]! * strideBytes) / 4;
        for (let i = 0; i < total.length; i++) total[i] = fround(total[i]! + floats[at + i]!);
      }
      floats.set(total, sum / 4);
    },
  };
}
