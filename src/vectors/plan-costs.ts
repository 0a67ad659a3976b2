// What each way of searching takes, about: good enough to tell which is the quickest. All figures are milliseconds of one core,
// measured on an AMD EPYC with vectors of 512 dimensions in one run (best of many; see the lines).

/** Exact scan of `rows` vectors: 4.4 ms for 50,000 of 512 dimensions, bound by memory. */
export function exactMs(rows: number, dimensions: number): number {
  return 0.02 + rows * dimensions * 4 * 4.3e-8;
}

/** Exact scores of rows that lie apart: 0.17 µs for one of 512 dimensions, whose vector comes from memory that was not read before. */
export function rescoreMs(rows: number, dimensions: number): number {
  return rows * dimensions * 3.4e-7;
}

/** Scan of the codes of `scannedRows`, 0.50 ms for 100,000 of 512 bits, and rescoring of `candidates`. */
export function prefilterMs(scannedRows: number, candidates: number, dimensions: number): number {
  return 0.02 + scannedRows * (dimensions / 8 + 8) * 7e-8 + rescoreMs(candidates, dimensions);
}

/** What finding the nearest of `lists` lists adds: a scan of their centres' codes, and choosing. */
export function listsMs(lists: number, dimensions: number): number {
  return lists * ((dimensions / 8 + 8) * 7e-8 + 4e-6);
}

/** A walk with `ef` candidates: 0.6 ms at 10,000 rows and 0.8 ms at 100,000, ef 128. */
export function graphMs(rows: number, ef: number, dimensions: number): number {
  return ef * dimensions * 3e-6 * Math.log10(Math.max(rows, 10));
}
