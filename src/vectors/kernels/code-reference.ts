// The reading version of assembly/codes.ts and assembly/allowed-slots.ts; formulas and layouts stand there.

import type { SharedMemory } from "../shared-memory.js";
import type { Kernels } from "./kernels.js";
import { TopK } from "./top-k-reference.js";

export function codeKernels(memory: SharedMemory): Pick<Kernels, "codeTopM" | "allowedSlots"> {
  return {
    codeTopM(codes, codeBytes, tables, scale, shift, mask, words, firstSlot, spill, scores, slots, size, m, floor) {
      const { fround } = Math;
      const bytes = new Uint8Array(memory.buffer);
      const floats = new Float32Array(memory.buffer);
      const integers = new Uint32Array(memory.buffer);
      const heap = new TopK(floats, integers, scores, slots, size, m);
      for (let word = 0; word < words; word++) {
        const allowed = integers[(mask >>> 2) + word]!;
        if (allowed === 0) continue;
        const block = codes + word * (codeBytes * 32 + 256);
        const factors = (block + codeBytes * 32) >>> 2;
        for (let row = 0; row < 32; row++) {
          let sum = 0;
          for (let i = 0; i < codeBytes; i++) {
            const byte = bytes[block + i * 32 + row]!;
            sum += bytes[tables + i * 32 + (byte & 15)]! + bytes[tables + i * 32 + 16 + (byte >>> 4)]!;
          }
          const scaled = fround(fround(sum * fround(scale)) + fround(shift));
          floats[(spill >>> 2) + row] = fround(fround(scaled * floats[factors + row]!) + floats[factors + 32 + row]!);
        }
        for (let row = 0; row < 32; row++) {
          const score = floats[(spill >>> 2) + row]!;
          if ((allowed >>> row) & 1 && score >= floor) heap.offer(score, firstSlot + word * 32 + row);
        }
      }
      return heap.size;
    },
    allowedSlots(numbers, live, words, filter, filterWords, allowed) {
      const integers = new Uint32Array(memory.buffer);
      for (let word = 0; word < words; word++) {
        const alive = integers[(live >>> 2) + word]!;
        let bits = 0;
        for (let slot = 0; slot < 32; slot++) {
          const row = integers[(numbers >>> 2) + word * 32 + slot]!;
          const words = row >>> 5 < filterWords ? integers[(filter >>> 2) + (row >>> 5)]! : 0;
          bits |= ((words >>> (row & 31)) & (alive >>> slot) & 1) << slot;
        }
        integers[(allowed >>> 2) + word] = bits;
      }
    },
  };
}
