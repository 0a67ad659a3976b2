// The prefilter's scan: the slots whose codes promise most, for rescoring by their float vectors. It reads all codes, or those of the
// lists whose centres are nearest. One object a thread; it owns scratch space in the store's memory. Large scans are shared with
// a pool of threads.

import type { Probing } from "./code-lists.js";
import type { CodeStore } from "./code-store.js";
import type { Kernels } from "./kernels/kernels.js";
import type { RowBitmap } from "./row-bitmap.js";
import type { ScanPool } from "./scan-pool.js";
import { runScan, type ScanPlace, taskLength, taskWords } from "./scan-task.js";
import { allocate } from "./shared-memory.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

const wordsPerChunk = slotsPerChunk / 32;
const spillBytes = 128;
const sampledEvery = 16;
/** Below these a heap is as quick as it can be. */
const minSampledCount = 200;
const minSampledShare = 10;

export type ScanRequest = {
  /** Positions to look at, live ones. Default: all. */
  positions?: RowBitmap | undefined;
  /** Slots wanted. */
  count: number;
  /** Lists to look into; all where absent. What is in no list is looked at always. */
  probing?: Probing | undefined;
  /** Threads that help. */
  pool?: ScanPool | undefined;
};

/** Best scores first, at equal scores the lower position first. */
type Ranked = { scores: Float32Array; positions: Uint32Array };

export class CodeSearch {
  /** Lists that the last search looked into. */
  probes = 0;
  /** What the codes of its slots promised, in their order; good until the next search. */
  scores: Float32Array = new Float32Array(0);
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #ownTask = new Int32Array(new SharedArrayBuffer(taskLength * 4));
  /** That of the last search. */
  #task: Int32Array = this.#ownTask;
  readonly #tables: number;
  readonly #place: ScanPlace;
  /** Addresses of the chunks of codes, then their positions' masks. */
  readonly #chunks = { address: 0, capacity: 0 };

  constructor(store: VectorStore, kernels: Kernels) {
    this.#store = store;
    this.#kernels = kernels;
    const tableBytes = Math.ceil(store.dimensions / 64) * 64 * 4;
    const spill = allocate(store.memory, spillBytes + tableBytes);
    this.#tables = spill + spillBytes;
    this.#place = { spill, heap: 0, capacity: 0 };
  }

  /** The slots of the best positions, best first. */
  best(codes: CodeStore, query: Float32Array, request: ScanRequest): Uint32Array {
    const { positions = codes.live, count, probing, pool } = request;
    this.#fit(count, codes.chunks.length);
    const task: Int32Array = pool?.task ?? this.#ownTask;
    this.#task = task;
    this.#describe(task, codes, query, positions, count);
    let rows = codes.end;
    this.probes = 0;
    if (probing && codes.lists) {
      const mask = task[taskWords.mask]! >>> 0;
      this.probes = codes.lists.select(query, probing, mask, mask);
      rows -= (codes.lists.count - this.probes) * 32;
    }
    const floor = count >= minSampledCount && rows >= count * minSampledShare ? this.#floorOf(task, count) : -Infinity;
    let best = this.#run(task, floor, pool);
    // The sample promised too much: what lies below the floor is wanted too.
    if (floor > -Infinity && best.positions.length < count) best = this.#run(task, -Infinity, pool);
    this.scores = best.scores.slice();
    return best.positions.map((position) => codes.slotAt(position));
  }

  /**
   * About how many live rows, filtered or not, in the lists of the last search and in none, have codes that promise more than `score` to
   * its query: counted in every so many blocks, and hardly beyond `limit`.
   */
  countAbove(
    codes: CodeStore,
    score: number,
    { limit, sampledEvery }: { limit: number; sampledEvery: number },
  ): number {
    const count = Math.ceil(limit / sampledEvery) + 1;
    this.#fit(count, codes.chunks.length);
    const task = this.#task;
    const mask = this.#mask(task, codes, codes.live);
    if (codes.lists) {
      const address = task[taskWords.mask]! >>> 0;
      codes.lists.selectAgain(address, address);
    }
    if (sampledEvery > 1) for (let word = 0; word < mask.length; word++) if (word % sampledEvery !== 0) mask[word] = 0;
    task[taskWords.m] = count;
    return this.#run(task, score, undefined).positions.length * sampledEvery;
  }

  #run(task: Int32Array, floor: number, pool: ScanPool | undefined): Ranked {
    const count = task[taskWords.m]!;
    new Float32Array(task.buffer, task.byteOffset, taskLength)[taskWords.floor] = floor;
    let size = 0;
    const scan = () => {
      size = runScan(this.#kernels, this.#store.memory.buffer, task, this.#place);
    };
    Atomics.store(task, taskWords.next, 0);
    const helped = pool?.run(count, scan);
    if (!helped) {
      Atomics.store(task, taskWords.next, 0);
      scan();
    }
    let best = this.#ranked(this.#place, size);
    for (const { place, size } of helped ?? []) best = merge(best, this.#ranked(place, size), count);
    return best;
  }

  /**
   * A score that about one and a half times `count` rows reach, from every 16th block. Without it each of many candidates is put
   * into the heap only to be pushed out by a later one: count * (1 + ln(rows / count)) times in all.
   */
  #floorOf(task: Int32Array, count: number): number {
    const { buffer } = this.#store.memory;
    const maskWords = task[taskWords.chunkCount]! * wordsPerChunk;
    const mask = new Uint32Array(buffer, task[taskWords.mask]! >>> 0, maskWords);
    const whole = mask.slice();
    mask.fill(0);
    for (let word = 0; word < maskWords; word += sampledEvery) mask[word] = whole[word]!;
    const wanted = Math.ceil((1.5 * count) / sampledEvery) + 16;
    task[taskWords.m] = wanted;
    const { scores } = this.#run(task, -Infinity, undefined);
    mask.set(whole);
    task[taskWords.m] = count;
    return scores.length < wanted ? -Infinity : scores[wanted - 1]!;
  }

  #describe(task: Int32Array, codes: CodeStore, query: Float32Array, positions: RowBitmap, count: number): void {
    const { buffer } = this.#store.memory;
    const { scale, shift } = codes.quantizer.tablesOf(query, this.#tables);
    const { address, capacity } = this.#chunks;
    new Uint32Array(buffer, address, capacity).set(codes.chunks);
    task[taskWords.mask] = address + capacity * 4;
    this.#mask(task, codes, positions);
    task[taskWords.chunkCount] = codes.chunks.length;
    task[taskWords.codeBytes] = codes.quantizer.codeBytes;
    task[taskWords.tables] = this.#tables;
    new Float32Array(task.buffer, task.byteOffset, taskLength).set([scale, shift], taskWords.scale);
    task[taskWords.chunks] = address;
    task[taskWords.m] = count;
  }

  /** Makes `positions` the mask of the task. */
  #mask(task: Int32Array, codes: CodeStore, positions: RowBitmap): Uint32Array {
    const words = codes.chunks.length * wordsPerChunk;
    const mask = new Uint32Array(this.#store.memory.buffer, task[taskWords.mask]! >>> 0, words);
    mask.fill(0).set(positions.words.subarray(0, words));
    return mask;
  }

  #ranked({ heap, capacity }: ScanPlace, size: number): Ranked {
    const { buffer } = this.#store.memory;
    return {
      scores: new Float32Array(buffer, heap, size),
      positions: new Uint32Array(buffer, heap + capacity * 4, size),
    };
  }

  #fit(entries: number, chunks: number): void {
    const { memory } = this.#store;
    if (this.#place.capacity < entries) {
      this.#place.capacity = Math.max(8192, 2 ** Math.ceil(Math.log2(entries)));
      this.#place.heap = allocate(memory, this.#place.capacity * 8);
    }
    if (this.#chunks.capacity < chunks) {
      this.#chunks.capacity = Math.max(32, 2 ** Math.ceil(Math.log2(chunks)));
      this.#chunks.address = allocate(memory, this.#chunks.capacity * (1 + wordsPerChunk) * 4);
    }
  }
}

/** The `count` best of two lists that have no position in common. */
function merge(a: Ranked, b: Ranked, count: number): Ranked {
  const size = Math.min(count, a.positions.length + b.positions.length);
  const merged = { scores: new Float32Array(size), positions: new Uint32Array(size) };
  for (let i = 0, j = 0, at = 0; at < size; at++) {
    const fromA = j >= b.positions.length || (i < a.positions.length && comesFirst(a, i, b, j));
    merged.scores[at] = fromA ? a.scores[i]! : b.scores[j]!;
    merged.positions[at] = fromA ? a.positions[i++]! : b.positions[j++]!;
  }
  return merged;
}

function comesFirst(a: Ranked, i: number, b: Ranked, j: number): boolean {
  const [scoreA, scoreB] = [a.scores[i]!, b.scores[j]!];
  return scoreA > scoreB || (scoreA === scoreB && a.positions[i]! < b.positions[j]!);
}
