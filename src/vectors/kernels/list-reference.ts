// The reading version of assembly/select.ts and assembly/gather.ts.

import type { SharedMemory } from "../shared-memory.js";
import { dot } from "./dot-reference.js";
import type { Kernels } from "./kernels.js";

const bucketCount = 1024;

export function listKernels(memory: SharedMemory): Pick<Kernels, "selectLists" | "dotsOf" | "sumOf"> {
  const { fround } = Math;
  return {
    selectLists(scores, count, wanted, live, mask) {
      const integers = new Uint32Array(memory.buffer);
      const all = new Float32Array(memory.buffer, scores, count).slice();
      const lowest = all.reduce((least, score) => Math.min(least, score), Infinity);
      const highest = all.reduce((most, score) => Math.max(most, score), -Infinity);
      const scale = highest > lowest ? fround(bucketCount / fround(highest - lowest)) : 0;
      const buckets = Array.from(all, (score) =>
        Math.min(Math.trunc(fround(fround(score - lowest) * scale)), bucketCount - 1),
      );
      const counts = new Uint32Array(bucketCount);
      buckets.forEach((bucket, i) => {
        if (integers[(live >>> 2) + i] !== 0) counts[bucket]!++;
      });
      let taken = 0;
      let least = bucketCount;
      while (least > 0 && taken < wanted) taken += counts[--least]!;
      buckets.forEach((bucket, i) => {
        integers[(mask >>> 2) + i] = bucket >= least ? integers[(live >>> 2) + i]! : 0;
      });
      return taken;
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
