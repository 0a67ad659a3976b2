// Maximal marginal relevance: documents that are relevant and unlike those above them.
//
//   next = argmax over those left of  (1 - diversity) * relevance(d) - diversity * max over the chosen c of cos(d, c)
//
// Carbonell & Goldstein, SIGIR 1998, with lambda = 1 - diversity.

/** How a document came to its place. `similarity`: greatest cosine to a document above it, 0 for the first. */
export type DiversityPlace = { from: number; similarity: number; score: number };

/**
 * Orders `ranking` anew; ties keep its order. `vectorOf` gives unit vectors; a document without one is unlike all others.
 * Relevance is scaled to 0..1 over the ranking, so that it weighs against cosines however narrow the scores are.
 */
export function diversify<T extends { relevance: number }>(
  ranking: readonly T[],
  vectorOf: (document: T) => Float32Array | undefined,
  diversity: number,
): { document: T; place: DiversityPlace }[] {
  const relevances = ranking.map(({ relevance }) => relevance);
  const low = Math.min(...relevances);
  const spread = Math.max(...relevances) - low;
  const left = ranking.map((document, i) => ({
    document,
    from: i + 1,
    relevance: spread === 0 ? 1 : (document.relevance - low) / spread,
    vector: vectorOf(document),
    similarity: 0,
  }));
  const chosen: { document: T; place: DiversityPlace }[] = [];
  const scoreOf = (entry: (typeof left)[number]) => (1 - diversity) * entry.relevance - diversity * entry.similarity;
  while (left.length > 0) {
    let best = 0;
    for (let i = 1; i < left.length; i++) if (scoreOf(left[i]!) > scoreOf(left[best]!)) best = i;
    const [next] = left.splice(best, 1);
    const { document, from, similarity, vector } = next!;
    chosen.push({ document, place: { from, similarity, score: scoreOf(next!) } });
    if (!vector) continue;
    for (const entry of left) {
      if (entry.vector) entry.similarity = Math.max(entry.similarity, dot(entry.vector, vector));
    }
  }
  return chosen;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
