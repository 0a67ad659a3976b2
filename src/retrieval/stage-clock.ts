// Times the stages of one search.

import type { StageName, StageReport } from "./response.js";

export class StageClock {
  readonly #started = performance.now();
  readonly reports: StageReport[] = [];

  /** Runs a stage and notes its wall time and how many candidates it gave out. */
  async time<T>(name: StageName, work: () => Promise<T> | T, candidates: (value: T) => number): Promise<T> {
    const started = performance.now();
    const value = await work();
    this.reports.push({ name, ms: performance.now() - started, candidates: candidates(value) });
    return value;
  }

  elapsedMs(): number {
    return performance.now() - this.#started;
  }
}
