// Seeded random numbers for resampling.

/** Uniform 32-bit numbers: Weyl sequence through the finaliser of MurmurHash3 (splitmix32). */
export function randomBits(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return (bits ^ (bits >>> 16)) >>> 0;
  };
}

/** Uniform whole numbers in [0, bound). */
export function randomBelow(seed: number): (bound: number) => number {
  const next = randomBits(seed);
  return (bound) => Math.floor((next() / 2 ** 32) * bound);
}

/** The items in a random order. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const below = randomBelow(seed);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
