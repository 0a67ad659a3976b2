// Seeded random numbers: a Weyl sequence through the finaliser of MurmurHash3 (splitmix32).

export type Splitmix32 = {
  /** What a generator needs as its seed to go on from here. */
  readonly state: number;
  /** Uniform over 32 bits. The same seed gives the same numbers. */
  next(): number;
};

export function splitmix32(seed: number): Splitmix32 {
  let state = seed >>> 0;
  return {
    get state() {
      return state;
    },
    next() {
      state = (state + 0x9e3779b9) >>> 0;
      let bits = state;
      bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
      bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
      return (bits ^ (bits >>> 16)) >>> 0;
    },
  };
}
