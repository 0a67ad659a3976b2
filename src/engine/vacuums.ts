// Vacuum as the engine offers it: on demand, and by itself once too large a share of the rows is dead.

import { messageOf } from "../errors.js";
import type { IngestClient } from "../ingest/index.js";
import type { VacuumOptions, VacuumProgress, VacuumReport } from "../lifecycle/index.js";
import type { StoreReader } from "../store/index.js";
import type { Arms } from "./arms.js";
import type { CheckedEngineOptions } from "./options.js";

export type VacuumRunOptions = VacuumOptions & {
  signal?: AbortSignal;
  onProgress?: (progress: VacuumProgress) => void;
};

export type VacuumStatus = {
  running: boolean;
  /** Rows of documents that were removed or changed, still stored. */
  deadRows: number;
  /** Of all stored rows, 0..1. */
  deadShare: number;
};

// Fewer are not worth rewriting blocks for, whatever their share is.
const FEWEST_DEAD_ROWS = 500;

type VacuumParts = {
  reader: StoreReader;
  arms: Arms;
  /** undefined: the library is open for reading only. */
  ingest: IngestClient | undefined;
  options: CheckedEngineOptions["vacuum"];
  onNotice(notice: string): void;
};

export class Vacuums {
  readonly #parts: VacuumParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #asked = 0;

  constructor(parts: VacuumParts) {
    this.#parts = parts;
  }

  async run(ingest: IngestClient, options: VacuumRunOptions = {}): Promise<VacuumReport> {
    this.#asked++;
    try {
      return await this.#vacuum(ingest, options);
    } finally {
      this.#asked--;
    }
  }

  /** Starts a vacuum where one is due and none runs. */
  async consider(): Promise<void> {
    const { ingest, options } = this.#parts;
    if (!ingest || !options.auto || this.#running || this.#asked > 0 || this.#stop.signal.aborted) return;
    const { deadRows, deadShare } = await this.status();
    if (deadRows < FEWEST_DEAD_ROWS || deadShare < options.deadShare || this.#running) return;
    this.#running = this.#runByItself(ingest).finally(() => {
      this.#running = undefined;
    });
  }

  async status(): Promise<VacuumStatus> {
    const { dead, live } = await this.#parts.reader.call("dirt", null);
    const deadShare = dead === 0 ? 0 : dead / (dead + live);
    return { running: this.#running !== undefined || this.#asked > 0, deadRows: dead, deadShare };
  }

  /** Stops a vacuum that runs by itself. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** First the database, then the indexes that are made of it: their words must not outlast it. */
  async #vacuum(ingest: IngestClient, { signal, onProgress, ...options }: VacuumRunOptions): Promise<VacuumReport> {
    const { arms } = this.#parts;
    const started = performance.now();
    const report = await ingest.call("vacuum", options, {
      signal,
      onProgress: (value) => onProgress?.(value as VacuumProgress),
    });
    for (const arm of [arms.active, arms.shadow]) {
      await arm?.lexical.call("forgetGone", null, {
        signal,
        onProgress(value) {
          const [done, total] = value as [number, number];
          onProgress?.({ phase: "words", done, total });
        },
      });
    }
    return { ...report, ms: performance.now() - started };
  }

  async #runByItself(ingest: IngestClient): Promise<void> {
    try {
      await this.#vacuum(ingest, { signal: this.#stop.signal });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#parts.onNotice(`The library could not be vacuumed: ${messageOf(error)} It is as it was, only larger.`);
    }
  }
}
