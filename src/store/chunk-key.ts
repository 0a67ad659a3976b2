// Keys of chunks: generation * 2^32 + row, so that mixing two generations cannot be expressed.

const ROWS_PER_GENERATION = 2 ** 32;

/** The key under which the chunk in `row` of `generation` is stored. */
export function chunkKey(generation: number, row: number): number {
  return generation * ROWS_PER_GENERATION + row;
}

/** First and last key of a generation, for range conditions. */
export function chunkKeyRange(generation: number): { first: number; last: number } {
  return { first: chunkKey(generation, 0), last: chunkKey(generation, ROWS_PER_GENERATION - 1) };
}

/** The row part of a chunk key. */
export function rowOfChunkKey(key: number): number {
  return key % ROWS_PER_GENERATION;
}
