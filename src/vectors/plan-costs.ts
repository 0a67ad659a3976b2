// What each way of searching takes, about: good enough to tell which is the quickest. All figures are milliseconds of one core,
// measured on an AMD EPYC with vectors of 512 dimensions in one run (best of many; see the lines).

import type { VectorFormat } from "./vector-format.js";

/** What vectors are like, and where. */
export type VectorCost = { dimensions: number; format?: VectorFormat | undefined; onDisk?: boolean | undefined };

/** Of a float's time: float16 is half as much to read, and as much more to work out; int8 scans 2.4 to 3 times as fast. */
const formatShare: Record<VectorFormat, number> = { float32: 1, float16: 1, int8: 0.4 };

/**
 * Exact scan of `rows` vectors: 4.4 ms for 50,000 of 512 dimensions, bound by memory. From disk, where the system holds the file in
 * memory, 97 ms for 100,000 of 384 dimensions: each is copied, and held against its checksum.
 */
export function exactMs(rows: number, { dimensions, format = "float32", onDisk }: VectorCost): number {
  return 0.02 + rows * (formatShare[format] * dimensions * 4 * 4.3e-8 + (onDisk ? 5e-4 + dimensions * 1e-6 : 0));
}

/**
 * Exact scores of rows that lie apart: 0.3 µs for one of 512 dimensions, whose vector comes from memory that was not read before. From
 * disk, 3 µs for one of 384 in a file of 150 MB and 5 µs in one of 1.5 GB, which the system holds in memory.
 */
export function rescoreMs(rows: number, { dimensions, onDisk }: VectorCost): number {
  return rows * (dimensions * 6e-7 + (onDisk ? 3e-3 + dimensions * 4e-6 : 0));
}

/** Scan of the codes of `scannedRows`, 0.50 ms for 100,000 of 512 bits, and rescoring of `candidates`. */
export function prefilterMs(scannedRows: number, candidates: number, vectors: VectorCost): number {
  return 0.02 + scannedRows * (vectors.dimensions / 8 + 8) * 7e-8 + rescoreMs(candidates, vectors);
}

/** What finding the nearest of `lists` lists adds: a scan of their centres' codes, and choosing. */
export function listsMs(lists: number, dimensions: number): number {
  return lists * ((dimensions / 8 + 8) * 7e-8 + 4e-6);
}

/** A walk with `ef` candidates: 0.6 ms at 10,000 rows and 0.8 ms at 100,000, ef 128. */
export function graphMs(rows: number, ef: number, dimensions: number): number {
  return ef * dimensions * 3e-6 * Math.log10(Math.max(rows, 10));
}
