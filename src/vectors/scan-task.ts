// One scan of the codes, as several threads share it: each takes the next chunks that nobody has taken and keeps a heap of its own,
// so that a thread that comes late has less to do and none waits for work.

import type { Kernels } from "./kernels/kernels.js";
import { slotsPerChunk } from "./vector-store.js";

const wordsPerChunk = slotsPerChunk / 32;
/** A chunk is about 20 µs of work. */
const chunksPerTurn = 2;

/** Words of a task in a shared Int32Array; addresses are bytes in the vectors' memory, scale, shift and floor the bits of an f32. */
export const taskWords = {
  next: 0,
  chunkCount: 1,
  codeBytes: 2,
  tables: 3,
  scale: 4,
  shift: 5,
  mask: 6,
  chunks: 7,
  m: 8,
  floor: 9,
};
export const taskLength = 16;

/** Where one thread keeps what it finds: 128 bytes of spill, then scores and slots of `capacity` entries. */
export type ScanPlace = { spill: number; heap: number; capacity: number };

/** Scans what is left of a task; returns the entries found, at most m, best first at `place`. */
export function runScan(kernels: Kernels, buffer: SharedArrayBuffer, task: Int32Array, place: ScanPlace): number {
  const floats = new Float32Array(task.buffer, task.byteOffset, taskLength);
  const read = (word: number) => task[word]! >>> 0;
  const [codeBytes, chunkCount, m] = [read(taskWords.codeBytes), read(taskWords.chunkCount), read(taskWords.m)];
  const chunks = new Uint32Array(buffer, read(taskWords.chunks), chunkCount);
  const slots = place.heap + place.capacity * 4;
  let size = 0;
  for (;;) {
    const first = Atomics.add(task, taskWords.next, chunksPerTurn);
    if (first >= chunkCount) break;
    for (let chunk = first; chunk < Math.min(first + chunksPerTurn, chunkCount); chunk++) {
      size = kernels.codeTopM(
        chunks[chunk]!,
        codeBytes,
        read(taskWords.tables),
        floats[taskWords.scale]!,
        floats[taskWords.shift]!,
        read(taskWords.mask) + chunk * wordsPerChunk * 4,
        wordsPerChunk,
        chunk * slotsPerChunk,
        place.spill,
        place.heap,
        slots,
        size,
        m,
        floats[taskWords.floor]!,
      );
    }
  }
  kernels.sortTopK(place.heap, slots, size);
  return size;
}
