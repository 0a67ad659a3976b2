// How long the main thread kept its event loop waiting while something went on.

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { LoopDelay } from "./process-protocol.js";

const resolutionMs = 1;

export function watchLoop(): { stop(): LoopDelay } {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return {
    stop() {
      histogram.disable();
      // A histogram that saw no tick of its timer says 0 or NaN: the loop was not watched long enough to be late.
      const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolutionMs) || 0;
      return {
        p50Ms: late(histogram.percentile(50)),
        p99Ms: late(histogram.percentile(99)),
        maxMs: late(histogram.max),
      };
    },
  };
}

/** What `work` reports, with what this process, idle meanwhile, saw of the machine. */
export async function besideIdle<T extends { loop: LoopDelay }>(work: () => Promise<T>): Promise<T> {
  const idle = watchLoop();
  const report = await work();
  return { ...report, loop: { ...report.loop, idleMaxMs: idle.stop().maxMs } };
}

/** Each figure at its worst. */
export function worstLoop(loops: readonly LoopDelay[]): LoopDelay {
  const most = (figure: (loop: LoopDelay) => number) => Math.max(0, ...loops.map(figure));
  return {
    p50Ms: most(({ p50Ms }) => p50Ms),
    p99Ms: most(({ p99Ms }) => p99Ms),
    maxMs: most(({ maxMs }) => maxMs),
    idleMaxMs: most(({ idleMaxMs = 0 }) => idleMaxMs),
  };
}
