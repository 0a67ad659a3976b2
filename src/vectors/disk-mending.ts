// What is done about vectors on disk that are not as they were written: the file is held against its checksums, what is damaged is asked
// for again and written anew, and whoever came upon it is answered then.

import { LodestoneError } from "../errors.js";
import type { WorkerClient } from "../threads/worker-client.js";
import type { SearchVerbs } from "./search-worker.js";
import type { VectorChanges } from "./vector-changes.js";

/** Vectors in a file instead of memory. */
export type DiskOptions = {
  /** An existing folder. One index at a time may write there. */
  directory: string;
  /**
   * Names the set of vectors; a file of another name is begun anew. Under one name a row number must never get another vector, or a file
   * that was not closed in order may still hold the earlier one.
   */
  identity: string;
  /** Reads the file that another index writes, if there is one; what is added here goes to a temporary file. Default false. */
  readOnly?: boolean | undefined;
  /**
   * Gives vectors again, as they were given to add(), when those on disk are damaged. Rows that it leaves out are removed. Without it
   * searches that come upon damage throw INDEX_DAMAGED.
   */
  restore?: ((rows: Uint32Array) => Promise<{ rows: Uint32Array; vectors: Float32Array }>) | undefined;
  /** Told, in a sentence, what was mended, and what could not be saved. */
  onNotice?: ((notice: string) => void) | undefined;
};

/** About 4 MB of vectors. */
const floatsPerSlice = 1 << 20;

export class DiskMending {
  readonly #worker: WorkerClient<SearchVerbs>;
  readonly #options: DiskOptions;
  readonly #dimensions: number;
  readonly #changes: VectorChanges;
  #running: Promise<void> | undefined;

  constructor(worker: WorkerClient<SearchVerbs>, options: DiskOptions, dimensions: number, changes: VectorChanges) {
    this.#worker = worker;
    this.#options = options;
    this.#dimensions = dimensions;
    this.#changes = changes;
    if (options.restore) this.#watch();
  }

  /** Does `work`, once more after mending where it came upon damage. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isDamage(error) || !this.#options.restore) throw error;
      await this.#mended(error);
      return work();
    }
  }

  // What no search has asked for, but the making of codes came upon.
  async #watch(): Promise<void> {
    try {
      for (;;) {
        const error = await this.#worker.call("damage", undefined as never);
        await this.#mended(error);
      }
    } catch {
      // The index is closed, or mending failed: the next search to come upon the damage says so.
    }
  }

  #mended(error: { message: string }): Promise<void> {
    this.#running ??= this.#changes
      .queue(() => this.#mend(error.message))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #mend(reason: string): Promise<void> {
    const damaged = await this.#worker.call("damagedRows", undefined as never);
    const rowsPerSlice = Math.max(1, Math.floor(floatsPerSlice / this.#dimensions));
    let restored = 0;
    for (let from = 0; from < damaged.length; from += rowsPerSlice) {
      const rows = damaged.slice(from, from + rowsPerSlice);
      const given = await this.#options.restore!(rows);
      restored += given.rows.length;
      const found = new Set(given.rows);
      await this.#changes.add(given.rows, given.vectors);
      await this.#changes.remove(rows.filter((row) => !found.has(row)));
    }
    await this.#worker.call("resume", undefined as never);
    const what = restored === 1 ? "One vector was" : `${restored} vectors were`;
    // Without any: rows that are gone, whose slots another process has given to others.
    if (restored > 0) this.#options.onNotice?.(`${reason} ${what} written anew.`);
  }
}

function isDamage(error: unknown): error is LodestoneError {
  return error instanceof LodestoneError && error.code === "INDEX_DAMAGED";
}
