// Time for what waits and repeats, so that tests can turn it.

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Does `work` after `ms`, unless what this returns is called before. */
  after(ms: number, work: () => void): () => void;
};

export const systemClock: Clock = {
  now: Date.now,
  after(ms, work) {
    // Node takes no longer delays than this; whoever waits looks at the time again.
    const timer = setTimeout(work, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
