// How fast a counter has grown lately. The whole run would be too slow to notice a change, the last step too jumpy.

const WINDOW_MS = 10_000;

export type RateMeter = {
  /** Notes that the counter stands at `value`. */
  note(value: number, nowMs: number): void;
  /** Growth per second over the window; undefined until there is something to go by. */
  perSecond(): number | undefined;
};

export function openRateMeter(): RateMeter {
  let samples: { value: number; atMs: number }[] = [];
  return {
    note(value, nowMs) {
      samples.push({ value, atMs: nowMs });
      // The last one before the window stays: growth is measured from there.
      const first = samples.findIndex(({ atMs }) => atMs >= nowMs - WINDOW_MS);
      if (first > 1) samples = samples.slice(first - 1);
    },
    perSecond() {
      const [oldest, newest] = [samples[0], samples.at(-1)];
      if (!oldest || !newest || newest.atMs - oldest.atMs < 200) return undefined;
      return ((newest.value - oldest.value) * 1000) / (newest.atMs - oldest.atMs);
    },
  };
}
