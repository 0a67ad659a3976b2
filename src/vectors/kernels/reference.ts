// The kernels in plain TypeScript: the reading version of assembly/*.ts, and the oracle that the compiled module is held
// to, byte for byte. Slow: every sum is rounded to float32 by hand.

import type { SharedMemory } from "../shared-memory.js";
import type { Kernels } from "./kernels.js";

export function referenceKernels(memory: SharedMemory): Kernels {
  const floats = () => new Float32Array(memory.buffer);
  const integers = () => new Uint32Array(memory.buffer);
  return {
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
    sortTopK(scores, rows, size) {
      new TopK(floats(), integers(), scores, rows, size, size).sort();
    },
  };
}

// lane[j] = sum over i of v[16 i + j] * q[16 i + j];  a[j] = (lane[j] + lane[4 + j]) + (lane[8 + j] + lane[12 + j]);
// dot = (a[0] + a[2]) + (a[1] + a[3]). A product of two floats is exact in a double, so each fround rounds once.
function dot(floats: Float32Array, vector: number, query: number, strideBytes: number): number {
  const { fround } = Math;
  const lane = new Float32Array(16);
  for (let i = 0; i < strideBytes >>> 2; i++) {
    const product = fround(floats[(vector >>> 2) + i]! * floats[(query >>> 2) + i]!);
    lane[i & 15] = fround(lane[i & 15]! + product);
  }
  const a = [0, 1, 2, 3].map((j) => fround(fround(lane[j]! + lane[4 + j]!) + fround(lane[8 + j]! + lane[12 + j]!))) as [
    number,
    number,
    number,
    number,
  ];
  return fround(fround(a[0] + a[2]) + fround(a[1] + a[3]));
}

// A binary heap in two parallel arrays, the worst entry at its root.
class TopK {
  size: number;
  readonly #k: number;
  readonly #scores: Float32Array;
  readonly #rows: Uint32Array;

  constructor(floats: Float32Array, integers: Uint32Array, scores: number, rows: number, size: number, k: number) {
    this.#scores = floats.subarray(scores >>> 2);
    this.#rows = integers.subarray(rows >>> 2);
    this.size = size;
    this.#k = k;
  }

  offer(score: number, row: number): void {
    if (this.size < this.#k) {
      let at = this.size++;
      while (at > 0) {
        const parent = (at - 1) >>> 1;
        if (!isWorse(score, row, this.#scores[parent]!, this.#rows[parent]!)) break;
        this.#put(at, this.#scores[parent]!, this.#rows[parent]!);
        at = parent;
      }
      this.#put(at, score, row);
    } else if (isWorse(this.#scores[0]!, this.#rows[0]!, score, row)) {
      this.#siftDown(score, row, this.size);
    }
  }

  sort(): void {
    for (let end = this.size; end > 1; end--) {
      const [worstScore, worstRow] = [this.#scores[0]!, this.#rows[0]!];
      this.#siftDown(this.#scores[end - 1]!, this.#rows[end - 1]!, end - 1);
      this.#put(end - 1, worstScore, worstRow);
    }
  }

  #siftDown(score: number, row: number, size: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#worseThan(right, child)) child = right;
      if (!isWorse(this.#scores[child]!, this.#rows[child]!, score, row)) break;
      this.#put(at, this.#scores[child]!, this.#rows[child]!);
      at = child;
    }
    this.#put(at, score, row);
  }

  #worseThan(a: number, b: number): boolean {
    return isWorse(this.#scores[a]!, this.#rows[a]!, this.#scores[b]!, this.#rows[b]!);
  }

  #put(at: number, score: number, row: number): void {
    this.#scores[at] = score;
    this.#rows[at] = row;
  }
}

function isWorse(score: number, row: number, thanScore: number, thanRow: number): boolean {
  return score < thanScore || (score === thanScore && row > thanRow);
}
