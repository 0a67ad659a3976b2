// The scale of recall.

import { clamp, type Scale } from "../../src/report/index.js";

const recallTicks = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 1];

/**
 * Recall by the logarithm of what is missing, as far as so many answers can tell it from nothing: between 0.99 and 0.999 lies
 * as much as between 0.9 and 0.99. Begins at the last tick below all values.
 */
export function recallScale(values: readonly number[], answers: number, from: number, to: number): Scale {
  const floor = Math.max(0.5 / answers, 0.0005);
  const depth = (recall: number) => -Math.log10(Math.max(1 - recall, floor));
  const least = Math.min(...values, 0.98);
  const told = recallTicks.filter((tick) => tick === 1 || 1 - tick > floor * 1.5);
  const start = told.findLastIndex((tick) => tick <= least && tick < 1);
  const ticks = told.slice(Math.max(0, start));
  const [low, high] = [depth(ticks[0] ?? 0), depth(1)];
  const at = (value: number) => from + ((clamp(depth(value), low, high) - low) / (high - low)) * (to - from);
  return { at, ticks: ticks.map((value) => ({ value, label: String(value) })) };
}
