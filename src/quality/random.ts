// Seeded random numbers whose state is one number, so that a sampler can be stored and go on where it stopped.

import { splitmix32 } from "../splitmix32.js";

export type Random = {
  /** What `seededRandom` needs to go on from here. */
  readonly state: number;
  /** Uniform in [0, 1), in steps of 2^-32. */
  uniform(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
};

/** The same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  const bits = splitmix32(seed);
  const uniform = () => bits.next() / 2 ** 32;
  return {
    get state() {
      return bits.state;
    },
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
  };
}
