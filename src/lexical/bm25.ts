// BM25, and what bounds it over a block of postings.
//
//   score(d) = sum over query terms t:  n_q(t) * idf(t) * tf (k1 + 1) / (tf + k1 (1 - b + b |d| / avg|d|))
//   idf(t)   = ln(1 + (N - df + 0.5) / (df + 0.5))
//
// Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the idf is Lucene's, never
// negative. n_q counts a term's occurrences in the query.
//
// One posting gives weight * f with f = 1 / (1 + g) and g = k1 (1 - b + b |d| / avg|d|) / tf. The best f of a block has its
// least g. Lucene keeps pairs of tf and |d| to find it for any average (Grand, Muir, Ferenczi & Lin, "From MaxScore to
// Block-Max WAND", 2020); here it is one number, for every g is  x + y / avg  with x, y >= 0:
//
//   g(avg) >= g(avg0) * min(1, avg0 / avg)
//
// so that the least g under the average of the day on which the block was written bounds it for all time.
// BAKED IN: k1 and b, in the bounds of stored blocks. Changing them needs a new segment format.

const K1 = 1.2;
const B = 0.75;

/** Of all live rows. */
export type Statistics = {
  rows: number;
  /** Counted words of all of them. */
  words: number;
};

/** 1 where there is nothing to average. */
export function averageLength({ rows, words }: Statistics): number {
  return rows === 0 || words === 0 ? 1 : words / rows;
}

/** k1 (1 - b + b |d| / avg|d|) for every length up to `longest`. */
export function normsByLength(longest: number, average: number): Float32Array {
  return Float32Array.from({ length: longest + 1 }, (_, length) => K1 * (1 - B + (B * length) / average));
}

/** The weight of a query term: a posting gives weight * tf / (tf + norm). */
export function termWeight(count: number, rows: number, documentFrequency: number): number {
  const idf = Math.log(1 + (rows - documentFrequency + 0.5) / (documentFrequency + 0.5));
  return count * idf * (K1 + 1);
}
