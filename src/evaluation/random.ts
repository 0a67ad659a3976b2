// Seeded random numbers for resampling.

import { splitmix32 } from "../splitmix32.js";

/** Uniform whole numbers in [0, bound). */
export function randomBelow(seed: number): (bound: number) => number {
  const bits = splitmix32(seed);
  return (bound) => Math.floor((bits.next() / 2 ** 32) * bound);
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
