// Scales of plots: from values to positions, with the values worth a line.

export type Scale = {
  at(value: number): number;
  ticks: readonly Tick[];
};

export type Tick = { value: number; label: string };

/** Powers of ten and what lies well between them. Values below the first or above the last lie at the edge. */
export function logScale(values: readonly number[], from: number, to: number, label: (value: number) => string): Scale {
  const positive = values.filter((value) => value > 0);
  const steps = niceSteps(Math.min(...positive), Math.max(...positive));
  const [low, high] = [Math.log(steps[0] ?? 1), Math.log(steps.at(-1) ?? 10)];
  const at = (value: number) => from + ((clamp(Math.log(value), low, high) - low) / (high - low)) * (to - from);
  return { at, ticks: thinned(steps).map((value) => ({ value, label: label(value) })) };
}

/** 1, 2 and 5 times powers of ten, from at most `least` to at least `most`; two at the least. */
function niceSteps(least: number, most: number): number[] {
  if (!(least > 0 && most >= least && Number.isFinite(most))) return [1, 10];
  const steps: number[] = [];
  // The logarithm of a number just below a power of ten is rounded up to it.
  for (let power = Math.floor(Math.log10(least)) - 1; power <= Math.ceil(Math.log10(most)) + 1; power++) {
    for (const digit of [1, 2, 5]) steps.push(Number(`${digit}e${power}`));
  }
  const first = steps.findLastIndex((step) => step <= least);
  const last = steps.findIndex((step) => step >= most);
  return steps.slice(Math.max(0, first), Math.max(last, first + 1) + 1);
}

/** All of a few; powers of ten alone of many. */
function thinned(steps: readonly number[]): readonly number[] {
  return steps.length <= 8 ? steps : steps.filter((step) => Number.isInteger(Math.round(Math.log10(step) * 1e9) / 1e9));
}

/** From 0 to a round number that is not below any value. */
export function linearScale(
  values: readonly number[],
  from: number,
  to: number,
  label: (value: number) => string,
): Scale {
  const most = Math.max(...values, Number.MIN_VALUE);
  const raw = most / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((digit) => digit * power).find((each) => each >= raw) ?? raw;
  const count = Math.ceil(most / step - 1e-9);
  const at = (value: number) => from + (value / (count * step)) * (to - from);
  const ticks = Array.from({ length: count + 1 }, (_, i) => ({ value: i * step, label: label(i * step) }));
  return { at, ticks };
}

/** From a round number at or below all values to one at or above them: for figures of which 0 is far away. */
export function rangeScale(
  values: readonly number[],
  from: number,
  to: number,
  label: (value: number) => string,
): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const raw = Math.max(most - least, Math.abs(most) * 1e-3, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((digit) => digit * power).find((each) => each >= raw * (1 - 1e-9)) ?? raw;
  const low = Math.floor(least / step + 1e-9);
  const high = Math.max(Math.ceil(most / step - 1e-9), low + 1);
  const at = (value: number) => from + ((value / step - low) / (high - low)) * (to - from);
  // Without the last digits of a product such as 3 * 0.1.
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => Number(((low + i) * step).toPrecision(12)));
  return { at, ticks: ticks.map((value) => ({ value, label: label(value) })) };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
