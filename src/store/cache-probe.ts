// What the embedding cache has for some texts, for comparing: nothing is counted, and nothing is mended.

import { openCacheLookup } from "./cache-lookup.js";
import { cacheKeysOf, type EmbeddingSpace } from "./embedding-cache.js";

/** The remembered vector of each text, where there is one. */
export function probeCache(
  library: string,
  space: EmbeddingSpace,
  texts: readonly string[],
): (Float32Array | undefined)[] {
  const lookup = openCacheLookup(library, { ttlMs: Number.POSITIVE_INFINITY, onDamage: () => undefined });
  try {
    const { found } = lookup.find(cacheKeysOf(space, texts), 0);
    return found.map((entry) => entry && Float32Array.from(entry.vector));
  } finally {
    lookup.close();
  }
}
