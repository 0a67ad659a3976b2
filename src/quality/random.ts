// Seeded random numbers whose state is one number, so that a sampler can be stored and go on where it stopped.

export type Random = {
  /** What `seededRandom` needs to go on from here. */
  readonly state: number;
  /** Uniform in [0, 1), in steps of 2^-32. */
  uniform(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
};

/** Weyl sequence through the finaliser of MurmurHash3 (splitmix32). The same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  };
  return {
    get state() {
      return state;
    },
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
  };
}
