// Tuning takes minutes: one run at a time, which can be looked at, and stopped.

import { LodestoneError, messageOf } from "../errors.js";
import type { TuneOptions, TuneReport } from "./tune.js";

export type TuningStatus = {
  state: "running" | "done" | "cancelled" | "failed";
  /** Tries and tells, keeps nothing. */
  dryRun: boolean;
  /** Searches done, of how many; 0 of 0 until the queries are known. */
  done: number;
  total: number;
  startedAt: string;
  endedAt: string | null;
  /** What it found, once it is done. */
  report: TuneReport | null;
  /** Why it failed. */
  error: string | null;
};

export class TuningRuns {
  #status: TuningStatus | undefined;
  #stop = new AbortController();
  #running: Promise<unknown> | undefined;

  /** The run under way, or else the last one since the library was opened. */
  get status(): TuningStatus | undefined {
    return this.#status;
  }

  /** Throws TUNING_RUNNING, and whatever `work` throws. */
  run(work: (options: TuneOptions) => Promise<TuneReport>, options: TuneOptions): Promise<TuneReport> {
    if (this.#running) {
      throw new LodestoneError(
        "TUNING_RUNNING",
        "Another run is learning the fusion already. Wait until it is done, or cancel it.",
      );
    }
    this.#stop = new AbortController();
    const { signal: stop } = this.#stop;
    const signal = options.signal ? AbortSignal.any([options.signal, stop]) : stop;
    const dryRun = options.dryRun ?? false;
    const beginning = { dryRun, done: 0, total: 0, startedAt: now(), endedAt: null, report: null, error: null };
    this.#status = { ...beginning, state: "running" };
    const note = (change: Partial<TuningStatus>) => {
      this.#status = { ...beginning, state: "running", ...this.#status, ...change };
    };
    const onProgress: TuneOptions["onProgress"] = (progress) => {
      note(progress);
      options.onProgress?.(progress);
    };
    const run = work({ ...options, signal, onProgress }).then(
      (report) => {
        note({ state: "done", report, endedAt: now() });
        return report;
      },
      (error: unknown) => {
        const end = signal.aborted
          ? { state: "cancelled" as const }
          : { state: "failed" as const, error: messageOf(error) };
        note({ ...end, endedAt: now() });
        throw error;
      },
    );
    const running = run
      .catch(() => undefined)
      .then(() => {
        this.#running = undefined;
      });
    this.#running = running;
    return running.then(() => run);
  }

  /** Stops the run under way, if any, and resolves when it has ended. */
  async cancel(): Promise<void> {
    this.#stop.abort(new LodestoneError("ABORTED", "The run was cancelled."));
    await this.#running;
  }
}

function now(): string {
  return new Date().toISOString();
}
