// Short texts that say nearly the same: word sets whose Jaccard similarity reaches a threshold. Found with the prefix filter of
// Bayardo, Ma & Srikant (WWW 2007): two sets of similarity t share one of the |x| - ceil(t |x|) + 1 rarest words of x, so
// only sets that meet in an index over those prefixes are compared.

/** Lower-case words and numbers of a text. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
}

/** Pairs (i < j) of sets with |a and b| / |a or b| >= `threshold`, above 0. Empty sets are like none. */
export function nearIdenticalPairs(sets: readonly ReadonlySet<string>[], threshold: number): [number, number][] {
  const frequency = new Map<string, number>();
  for (const set of sets) for (const word of set) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const rarestFirst = (a: string, b: string) => frequency.get(a)! - frequency.get(b)! || (a < b ? -1 : 1);
  const index = new Map<string, number[]>();
  const pairs: [number, number][] = [];
  for (const [j, set] of sets.entries()) {
    // Less a hair: a product that rounding lifts over a whole number would cut the prefix short.
    const prefixLength = set.size - Math.ceil(threshold * set.size - 1e-9) + 1;
    const prefix = set.size === 0 ? [] : [...set].sort(rarestFirst).slice(0, prefixLength);
    const candidates = new Set(prefix.flatMap((word) => index.get(word) ?? []));
    for (const i of [...candidates].sort((a, b) => a - b)) {
      if (jaccard(sets[i]!, set) >= threshold) pairs.push([i, j]);
    }
    for (const word of prefix) {
      const holders = index.get(word);
      if (holders) holders.push(j);
      else index.set(word, [j]);
    }
  }
  return pairs;
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
