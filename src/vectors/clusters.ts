// Puts vectors that lie near each other together, in lists of at most 32: first groups, by k-means on a sample, then each group by
// halves until they are small. A search looks at far fewer lists than by halving alone, and no step needs more than a group's
// vectors in memory. In slices: every `yield` is a place to rest.

import { CentreCodes } from "./centre-codes.js";
import type { Kernels } from "./kernels/kernels.js";
import type { Quantizer } from "./quantizer.js";
import { Scratch } from "./scratch.js";
import type { VectorStore } from "./vector-store.js";

export const listRows = 32;
/** A quarter more or fewer changes little: 256 to 512 rows took the same lists for recall 0.99. */
const rowsPerGroup = 384;
const maxGroups = 1024;
const sampleRowsPerGroup = 24;
/** More are taken apart as they come: vectors that k-means did not tell apart. */
const maxGroupRows = 4096;
const kMeansRounds = 2;
const halvingRounds = 4;
/** Centres that their codes rank best are compared by their vectors. */
const closeCentres = 6;
const rowsPerSlice = 64;

type Place = { store: VectorStore; kernels: Kernels };

/** Vectors copied next to each other, and what is worked out about them. */
class Desk {
  readonly store: VectorStore;
  readonly kernels: Kernels;
  readonly strideBytes: number;
  readonly #vectors: Scratch;
  readonly #indexes: Scratch;
  readonly #scores: Scratch;
  readonly #sums: Scratch;

  constructor({ store, kernels }: Place) {
    this.store = store;
    this.kernels = kernels;
    this.strideBytes = Math.ceil(store.dimensions / 16) * 64;
    this.#vectors = new Scratch(store.memory);
    this.#indexes = new Scratch(store.memory);
    this.#scores = new Scratch(store.memory);
    this.#sums = new Scratch(store.memory);
  }

  /** Makes room for `count` vectors. */
  fit(count: number): void {
    this.#vectors.fit(count * this.strideBytes);
    this.#indexes.fit(count * 4);
    this.#scores.fit(count * 4);
    this.#sums.fit(4 * this.strideBytes);
  }

  /** The address of vector `index`. */
  vector(index: number): number {
    return this.#vectors.fit(0) + index * this.strideBytes;
  }

  copy(slot: number, index: number): void {
    const address = this.vector(index);
    const target = new Float32Array(this.store.memory.buffer, address, this.strideBytes / 4);
    target.fill(0, this.store.dimensions);
    this.store.read(slot, target, 0);
  }

  /** Scratch vector 0 to 3. */
  sum(number: number): number {
    return this.#sums.fit(0) + number * this.strideBytes;
  }

  indexes(count: number): Uint32Array {
    return this.#indexes.integers(count);
  }

  /** The dot products of the vectors at `indexes`, a part of indexes(), with the vector at `query`. */
  dots(indexes: Uint32Array, query: number): Float32Array {
    const scores = this.#scores.floats(indexes.length);
    const { kernels, strideBytes } = this;
    kernels.dotsOf(this.vector(0), strideBytes, indexes.byteOffset, indexes.length, query, scores.byteOffset);
    return scores;
  }

  /** Writes the mean of the vectors at `indexes` to `target`. */
  mean(indexes: Uint32Array, target: number): void {
    this.kernels.sumOf(this.vector(0), this.strideBytes, indexes.byteOffset, indexes.length, target);
    const sum = new Float32Array(this.store.memory.buffer, target, this.strideBytes / 4);
    const share = 1 / indexes.length;
    for (let i = 0; i < sum.length; i++) sum[i]! *= share;
  }
}

export class Clusters {
  readonly #desk: Desk;
  /** The centres of the groups lie behind the vectors that they are compared with. */
  readonly #centres: Desk;
  readonly #centreCodes: CentreCodes;

  constructor(place: Place) {
    this.#desk = new Desk(place);
    this.#centres = new Desk(place);
    this.#centreCodes = new CentreCodes(place.store.dimensions, 0.5, {
      memory: place.store.memory,
      kernels: place.kernels,
    });
  }

  /**
   * Hands every one of `slots` to `take` once, in lists of at most `listRows`, with the address of each list's mean. `quantizer`:
   * for the codes of centres. Slots whose vectors change meanwhile end up in a list that is not theirs.
   */
  *cluster(
    slots: Uint32Array,
    quantizer: Quantizer,
    take: (slots: Uint32Array, centre: number) => void,
  ): Generator<void> {
    const groupCount = Math.min(Math.max(1, Math.round(slots.length / rowsPerGroup)), maxGroups);
    const groups = groupCount === 1 ? [slots] : yield* this.#group(slots, groupCount, quantizer);
    const desk = this.#desk;
    for (const group of groups) {
      for (let from = 0; from < group.length; from += maxGroupRows) {
        const part = group.subarray(from, from + maxGroupRows);
        desk.fit(part.length);
        for (const [i, slot] of part.entries()) {
          desk.copy(slot, i);
          if (i % rowsPerSlice === rowsPerSlice - 1) yield;
        }
        const indexes = desk.indexes(part.length);
        for (let i = 0; i < indexes.length; i++) indexes[i] = i;
        for (const list of halves(desk, indexes, (count) => (count <= listRows ? 0 : wholeLists(count)))) {
          if (list) {
            desk.mean(list, desk.sum(3));
            take(
              list.map((index) => part[index]!),
              desk.sum(3),
            );
          }
          yield;
        }
      }
    }
  }

  *#group(slots: Uint32Array, count: number, quantizer: Quantizer): Generator<void, Uint32Array[]> {
    const desk = this.#desk;
    const sampled = Math.min(slots.length, count * sampleRowsPerGroup);
    desk.fit(sampled);
    for (let i = 0; i < sampled; i++) {
      desk.copy(slots[Math.floor(((i + 0.5) * slots.length) / sampled)]!, i);
      if (i % rowsPerSlice === rowsPerSlice - 1) yield;
    }
    const indexes = desk.indexes(sampled);
    for (let i = 0; i < sampled; i++) indexes[i] = i;
    const most = Math.ceil(sampled / count);
    this.#centres.fit(Math.ceil((2 * sampled) / most));
    let members: Uint32Array[] = [];
    for (const part of halves(desk, indexes, (size) => (size <= most ? 0 : Math.floor(size / 2)))) {
      if (part) members.push(part.slice());
      yield;
    }
    for (let round = 0; ; round++) {
      const filled = members.filter((part) => part.length > 0);
      for (const [i, part] of filled.entries()) {
        const list = desk.indexes(part.length);
        list.set(part);
        desk.mean(list, this.#centres.vector(i));
      }
      const nearest = this.#nearestCentre(filled.length, quantizer);
      if (round === kMeansRounds) return yield* this.#assign(slots, filled.length, nearest);
      members = filled.map(() => new Uint32Array(0));
      const lists: number[][] = filled.map(() => []);
      for (let i = 0; i < sampled; i++) {
        lists[nearest(desk.vector(i))]!.push(i);
        if (i % rowsPerSlice === rowsPerSlice - 1) yield;
      }
      members = lists.map((list) => Uint32Array.from(list));
    }
  }

  *#assign(slots: Uint32Array, count: number, nearest: (vector: number) => number): Generator<void, Uint32Array[]> {
    const groupOf = new Uint16Array(slots.length);
    const sizes = new Uint32Array(count);
    for (const [i, slot] of slots.entries()) {
      this.#desk.copy(slot, 0);
      groupOf[i] = nearest(this.#desk.vector(0));
      sizes[groupOf[i]!]!++;
      if (i % rowsPerSlice === rowsPerSlice - 1) yield;
    }
    const groups = Array.from(sizes, (size) => new Uint32Array(size));
    const filled = new Uint32Array(count);
    for (const [i, slot] of slots.entries()) {
      const group = groupOf[i]!;
      groups[group]![filled[group]!++] = slot;
    }
    return groups;
  }

  /** Finds the nearest of `count` centres to a vector, as a rule. */
  #nearestCentre(count: number, quantizer: Quantizer): (vector: number) => number {
    const desk = this.#centres;
    const { kernels } = desk;
    const codes = this.#centreCodes;
    codes.reset(quantizer, count);
    const halfSquares = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      codes.add(desk.vector(i));
      halfSquares[i] = kernels.dot(desk.vector(i), desk.vector(i), desk.strideBytes) / 2;
    }
    const best = new Uint32Array(closeCentres);
    return (vector) => {
      const close = highest(codes.scoresOf(vector), best);
      let nearest = 0;
      let least = -Infinity;
      for (let i = 0; i < close; i++) {
        const centre = best[i]!;
        const score = kernels.dot(vector, desk.vector(centre), desk.strideBytes) - halfSquares[centre]!;
        if (score > least) [least, nearest] = [score, centre];
      }
      return nearest;
    };
  }
}

/**
 * Halves a set of a desk's vectors, and each half again, where the two are farthest apart (2-means with parts of fixed size).
 * `cut`: how many of so many go to the first part; 0 ends. Yields what is not cut, and nothing where there was work to do.
 */
function* halves(desk: Desk, all: Uint32Array, cut: (count: number) => number): Generator<Uint32Array | undefined> {
  const waiting = [all];
  for (let indexes = waiting.pop(); indexes; indexes = waiting.pop()) {
    const first = cut(indexes.length);
    if (first === 0) {
      yield indexes;
      continue;
    }
    const [a, b, direction] = [desk.sum(0), desk.sum(1), desk.sum(2)];
    const { buffer } = desk.store.memory;
    const floats = desk.strideBytes / 4;
    const copyVector = (from: number, to: number) =>
      new Float32Array(buffer, to, floats).set(new Float32Array(buffer, from, floats));
    copyVector(desk.vector(farthest(desk, indexes, desk.vector(indexes[0]!))), a);
    copyVector(desk.vector(farthest(desk, indexes, a)), b);
    for (let round = 0; ; round++) {
      desk.kernels.subtract(a, b, floats, direction, floats);
      partition(desk.dots(indexes, direction), indexes, first);
      yield undefined;
      if (round === halvingRounds) break;
      desk.mean(indexes.subarray(0, first), a);
      desk.mean(indexes.subarray(first), b);
    }
    waiting.push(indexes.subarray(first), indexes.subarray(0, first));
  }
}

/** Half of the lists that `count` rows take, in rows. */
function wholeLists(count: number): number {
  return Math.ceil(Math.ceil(count / listRows) / 2) * listRows;
}

/** The index of the vector least like the one at `vector`. */
function farthest(desk: Desk, indexes: Uint32Array, vector: number): number {
  const scores = desk.dots(indexes, vector);
  let at = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! < scores[at]!) at = i;
  return indexes[at]!;
}

/** Orders both arrays so that the `first` highest scores come before the others (Hoare's selection). */
function partition(scores: Float32Array, indexes: Uint32Array, first: number): void {
  let [from, to] = [0, scores.length - 1];
  while (from < to) {
    const pivot = scores[(from + to) >>> 1]!;
    let [i, j] = [from, to];
    while (i <= j) {
      while (scores[i]! > pivot) i++;
      while (scores[j]! < pivot) j--;
      if (i > j) break;
      const [score, index] = [scores[i]!, indexes[i]!];
      scores[i] = scores[j]!;
      indexes[i] = indexes[j]!;
      scores[j] = score;
      indexes[j] = index;
      i++;
      j--;
    }
    if (first <= j) to = j;
    else if (first >= i) from = i;
    else return;
  }
}

/** Writes the places of the highest scores to `best`, as many as fit; returns how many. */
function highest(scores: Float32Array, best: Uint32Array): number {
  let size = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (size === best.length && score <= scores[best[size - 1]!]!) continue;
    let at = size < best.length ? size++ : size - 1;
    for (; at > 0 && scores[best[at - 1]!]! < score; at--) best[at] = best[at - 1]!;
    best[at] = i;
  }
  return size;
}
