// Groups inputs of similar length, so that padding is small, into batches bounded by padded tokens and by count.

export type BatchLimits = {
  /** Of rows x longest row, at least one row. */
  maxTokens: number;
  maxRows: number;
};

/** Indexes into `lengths`, longest inputs first: each batch is as large as the limits allow, every index comes once. */
export function planBatches(lengths: readonly number[], { maxTokens, maxRows }: BatchLimits): number[][] {
  const byLength = lengths.map((_, index) => index).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
  const batches: number[][] = [];
  for (let start = 0; start < byLength.length; ) {
    const longest = Math.max(1, lengths[byLength[start] as number] ?? 1);
    const rows = Math.min(maxRows, Math.max(1, Math.floor(maxTokens / longest)));
    batches.push(byLength.slice(start, start + rows));
    start += rows;
  }
  return batches;
}
