// Asks a system queries one after the other, or by several clients at once, and notes what each one waited.

import { watchLoop } from "./loop-delay.js";
import { type MeasureReport, type MeasureRequest, noRow } from "./process-protocol.js";
import type { BenchSystem } from "./systems/system.js";

/** Searches before the first that counts, and how long they may go on. */
const warmUps = 20;
const warmUpMs = 100;
/** Times `maxMs` that may be spent on `minQueries`, and the queries that are asked in any case. */
const overtime = 4;
const fewest = 8;

export async function measure(
  system: BenchSystem,
  queries: readonly unknown[],
  filter: unknown,
  { setting, k, order, clients, maxMs, minQueries, collect }: MeasureRequest,
): Promise<MeasureReport> {
  await system.select?.(setting);
  // The last ones asked, so that the first that count are not in any cache because of it.
  const warmUntil = performance.now() + warmUpMs;
  for (const query of order.slice(-warmUps)) {
    await system.search(queries[query], k, setting, filter);
    if (performance.now() > warmUntil) break;
  }

  const waitedMs = new Float64Array(order.length);
  const reportedMs = new Float64Array(order.length).fill(Number.NaN);
  const found = new Uint32Array(collect ? order.length * k : 0).fill(noRow);
  const plans: Record<string, number> = {};
  let next = 0;
  // What is very slow is not asked for ever: a few answers tell it.
  const isTime = (asked: number, ms: number) =>
    ms < maxMs || (asked < minQueries && ms < overtime * maxMs) || asked < fewest;
  const loop = watchLoop();
  const start = performance.now();
  const ask = async () => {
    while (next < order.length && isTime(next, performance.now() - start)) {
      const i = next++;
      const asked = performance.now();
      const { rows, ms, plan } = await system.search(queries[order[i]!], k, setting, filter);
      waitedMs[i] = performance.now() - asked;
      if (ms !== undefined) reportedMs[i] = ms;
      if (plan !== undefined) plans[plan] = (plans[plan] ?? 0) + 1;
      if (collect) for (let j = 0; j < Math.min(k, rows.length); j++) found[i * k + j] = rows[j]!;
    }
  };
  await Promise.all(Array.from({ length: clients }, ask));
  const elapsedMs = performance.now() - start;
  return {
    asked: order.slice(0, next),
    waitedMs: waitedMs.slice(0, next),
    reportedMs: reportedMs.slice(0, next),
    found: found.slice(0, collect ? next * k : 0),
    plans,
    elapsedMs,
    loop: loop.stop(),
  };
}
