// Collapse: a ranking of chunks becomes a ranking of documents.

export type CollapsedDocument<T> = {
  documentKey: number;
  /** The document's first chunk in the ranking. */
  best: T;
  /** How many of its chunks the ranking holds. */
  matchingChunks: number;
};

/** Documents in the order of their best chunks. Chunks whose document is 0 (gone since they were found) are left out. */
export function collapse<T>(ranking: readonly T[], documentOf: (chunk: T) => number): CollapsedDocument<T>[] {
  const documents = new Map<number, CollapsedDocument<T>>();
  for (const chunk of ranking) {
    const documentKey = documentOf(chunk);
    if (documentKey === 0) continue;
    const known = documents.get(documentKey);
    if (known) known.matchingChunks++;
    else documents.set(documentKey, { documentKey, best: chunk, matchingChunks: 1 });
  }
  return [...documents.values()];
}
