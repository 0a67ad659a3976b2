// The kernels as compiled from assembly/*.ts (npm run build:kernels). Addresses are bytes in the shared memory, `scores` and
// `rows` the two arrays of a heap of at most k entries; see assembly/*.ts for formulas and orders.

import { readFile } from "node:fs/promises";
import { LodestoneError } from "../../errors.js";
import { type SharedMemory, webAssembly } from "../shared-memory.js";

export type Kernels = {
  /** Scores the slots set in a mask of `words` words over one chunk and keeps the k best; returns the heap's new size. */
  dotTopK(
    vectors: number,
    strideBytes: number,
    rowNumbers: number,
    query: number,
    mask: number,
    words: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** The same for a list of rows (`candidates`) and their addresses. */
  dotTopKOf(
    addresses: number,
    candidates: number,
    count: number,
    strideBytes: number,
    query: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** As dotTopK for vectors of halves; the query is float32 times 2^112. See assembly/dot-float16.ts. */
  float16TopK(
    vectors: number,
    strideBytes: number,
    rowNumbers: number,
    query: number,
    mask: number,
    words: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** As dotTopKOf for vectors of halves. */
  float16TopKOf(
    addresses: number,
    candidates: number,
    count: number,
    strideBytes: number,
    query: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** As dotTopK for vectors of 8-bit integers; the query is of 16-bit integers. See assembly/dot-int8.ts. */
  int8TopK(
    vectors: number,
    strideBytes: number,
    rowNumbers: number,
    scales: number,
    query: number,
    queryScale: number,
    mask: number,
    words: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** As dotTopKOf for vectors of 8-bit integers. */
  int8TopKOf(
    addresses: number,
    candidates: number,
    scales: number,
    count: number,
    strideBytes: number,
    query: number,
    queryScale: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** Scores the codes at the positions set in a mask and keeps the m best; returns the heap's new size. See assembly/codes.ts. */
  codeTopM(
    codes: number,
    codeBytes: number,
    tables: number,
    scale: number,
    shift: number,
    mask: number,
    words: number,
    first: number,
    spill: number,
    scores: number,
    positions: number,
    size: number,
    m: number,
    floor: number,
  ): number;
  /** Writes the scores of all rows of `blocks` blocks of codes. */
  codeScores(
    codes: number,
    codeBytes: number,
    tables: number,
    scale: number,
    shift: number,
    blocks: number,
    scores: number,
  ): void;
  /** A score that the `n` highest of `count` scores reach, and few others. */
  scoreOfNth(scores: number, count: number, n: number, buckets: number): number;
  /** Writes to `mask` the words of `live` whose scores are at least `least`, 0 for the others; returns how many are not 0. */
  takeLists(scores: number, count: number, least: number, live: number, mask: number): number;
  /** Writes the dot products of the vectors at `count` indexes with a query. */
  dotsOf(vectors: number, strideBytes: number, indexes: number, count: number, query: number, scores: number): void;
  /** Writes the sum of the vectors at `count` indexes. */
  sumOf(vectors: number, strideBytes: number, indexes: number, count: number, sum: number): void;
  /** The live slots of a chunk whose rows a filter allows. */
  allowedSlots(
    numbers: number,
    live: number,
    words: number,
    filter: number,
    filterWords: number,
    allowed: number,
  ): void;
  /** The dot product of two vectors of `strideBytes` bytes, a multiple of 64. */
  dot(vector: number, query: number, strideBytes: number): number;
  /** v <- H (signs * v) for the `size` floats at `vector`, a power of two of at least 16. See assembly/rotate.ts. */
  transform(vector: number, signs: number, size: number): void;
  /** rest <- vector - centre, of `floats` elements, then zeros up to `padded`; both multiples of 16. */
  subtract(vector: number, centre: number, floats: number, rest: number, padded: number): void;
  /** Writes the signs of `rest`, bytes `step` apart, and at `sums` its sum of squares and its sum of sizes (f32). */
  encodeSigns(rest: number, floats: number, code: number, step: number, sums: number): void;
  /** Writes the tables of a query whose rest lies at `rest`; returns the sum of rest_i * (u_i - 7.5). */
  queryTables(rest: number, floats: number, step: number, tables: number): number;
  /** Orders a heap: highest score first, at equal scores the lower row. */
  sortTopK(scores: number, rows: number, size: number): void;
};

export async function loadKernels(memory: SharedMemory): Promise<Kernels> {
  const file = new URL("./kernels.wasm", import.meta.url);
  try {
    const { instance } = await webAssembly.instantiate(await readFile(file), { env: { memory } });
    return instance.exports as Kernels;
  } catch (cause) {
    throw new LodestoneError(
      "WORKER_FAILED",
      `The vector kernels could not be loaded from ${file.pathname}: this build is incomplete. Run "npm run build:kernels".`,
      { cause },
    );
  }
}
