// The reading version of assembly/rotate.ts and assembly/quantize.ts; what they are for stands in ../quantizer.ts and
// ../rotation.ts.

import type { SharedMemory } from "../shared-memory.js";
import { sumLanes } from "./dot-reference.js";
import type { Kernels } from "./kernels.js";

const queryLevels = 16;

export function quantizeKernels(
  memory: SharedMemory,
): Pick<Kernels, "transform" | "subtract" | "encodeSigns" | "queryTables"> {
  const { fround } = Math;
  const floatsAt = (address: number, count: number) => new Float32Array(memory.buffer, address, count);
  return {
    transform: (vector, signs, size) => transform(floatsAt(vector, size), floatsAt(signs, size)),
    subtract(vector, centre, floats, rest, padded) {
      const [v, c, r] = [floatsAt(vector, floats), floatsAt(centre, floats), floatsAt(rest, padded)];
      for (let i = 0; i < padded; i++) r[i] = i < floats ? v[i]! - c[i]! : 0;
    },
    encodeSigns(rest, floats, code, step, sums) {
      const r = floatsAt(rest, floats);
      const bytes = new Uint8Array(memory.buffer);
      const [squares, sizes] = [new Float32Array(16), new Float32Array(16)];
      for (let first = 0; first < floats; first += 8) {
        let bits = 0;
        for (let bit = 0; bit < 8; bit++) if (r[first + bit]! > 0) bits |= 1 << bit;
        bytes[code + (first / 8) * step] = bits;
      }
      for (let i = 0; i < floats; i++) {
        squares[i & 15] = squares[i & 15]! + fround(r[i]! * r[i]!);
        sizes[i & 15] = sizes[i & 15]! + Math.abs(r[i]!);
      }
      floatsAt(sums, 2).set([sumLanes(squares), sumLanes(sizes)]);
    },
    queryTables(rest, floats, step, tables) {
      const r = floatsAt(rest, floats);
      const bytes = new Uint8Array(memory.buffer, tables, floats * 4);
      const agreement = new Float32Array(16);
      for (let first = 0; first < floats; first += 4) {
        const levels = [0, 1, 2, 3].map((i) => {
          const level = Math.floor(fround(r[first + i]! / fround(step))) + queryLevels / 2;
          return Math.max(0, Math.min(queryLevels - 1, level));
        });
        for (const [i, level] of levels.entries()) {
          const lane = (first + i) & 15;
          agreement[lane] = agreement[lane]! + fround(r[first + i]! * (level - 7.5));
        }
        bytes.set(tableOf(levels), first * 4);
      }
      return sumLanes(agreement);
    },
  };
}

/** Entry n of 16 is the sum over four levels u_b of n has bit b ? u_b : 15 - u_b. At most 60. */
function tableOf(levels: readonly number[]): number[] {
  return Array.from({ length: 16 }, (_, nibble) =>
    levels.reduce((sum, level, bit) => sum + ((nibble >>> bit) & 1 ? level : queryLevels - 1 - level), 0),
  );
}

// One pass of butterflies after the other, each result rounded to float32 as it is stored.
function transform(vector: Float32Array, signs: Float32Array): void {
  const size = vector.length;
  for (let i = 0; i < size; i++) vector[i] = vector[i]! * signs[i]!;
  for (let half = 1; half < size; half *= 2) {
    for (let start = 0; start < size; start += 2 * half) {
      for (let i = start, j = start + half; i < start + half; i++, j++) {
        const [a, b] = [vector[i]!, vector[j]!];
        vector[i] = a + b;
        vector[j] = a - b;
      }
    }
  }
}
