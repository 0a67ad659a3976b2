// The reading version of assembly/codes.ts and assembly/allowed-slots.ts; formulas and layouts stand there.

import type { SharedMemory } from "../shared-memory.js";
import type { Kernels } from "./kernels.js";
import { TopK } from "./top-k-reference.js";

export function codeKernels(memory: SharedMemory): Pick<Kernels, "codeTopM" | "codeScores" | "allowedSlots"> {
  return {
    codeTopM(codes, codeBytes, tables, scale, shift, mask, words, first, spill, scores, positions, size, m, floor) {
      const bytes = new Uint8Array(memory.buffer);
      const floats = new Float32Array(memory.buffer);
      const integers = new Uint32Array(memory.buffer);
      const heap = new TopK(floats, integers, scores, positions, size, m);
      for (let word = 0; word < words; word++) {
        const allowed = integers[(mask >>> 2) + word]!;
        if (allowed === 0) continue;
        scoreBlock(bytes, codes + word * (codeBytes * 32 + 256), codeBytes, tables, scale, shift, spill);
        for (let row = 0; row < 32; row++) {
          const score = floats[(spill >>> 2) + row]!;
          if ((allowed >>> row) & 1 && score >= floor) heap.offer(score, first + word * 32 + row);
        }
      }
      return heap.size;
    },
    codeScores(codes, codeBytes, tables, scale, shift, blocks, scores) {
      const bytes = new Uint8Array(memory.buffer);
      for (let block = 0; block < blocks; block++) {
        const at = codes + block * (codeBytes * 32 + 256);
        scoreBlock(bytes, at, codeBytes, tables, scale, shift, scores + block * 128);
      }
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

/** Writes the scores of a block's 32 rows to `target`. */
function scoreBlock(
  bytes: Uint8Array,
  block: number,
  codeBytes: number,
  tables: number,
  scale: number,
  shift: number,
  target: number,
): void {
  const { fround } = Math;
  const floats = new Float32Array(bytes.buffer);
  const factors = (block + codeBytes * 32) >>> 2;
  for (let row = 0; row < 32; row++) {
    let sum = 0;
    for (let i = 0; i < codeBytes; i++) {
      const byte = bytes[block + i * 32 + row]!;
      sum += bytes[tables + i * 32 + (byte & 15)]! + bytes[tables + i * 32 + 16 + (byte >>> 4)]!;
    }
    const scaled = fround(fround(sum * fround(scale)) + fround(shift));
    floats[(target >>> 2) + row] = fround(fround(scaled * floats[factors + row]!) + floats[factors + 32 + row]!);
  }
}
