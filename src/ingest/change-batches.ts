// Gathers changed paths into batches, so that a storm of changes is few runs and a single one waits for next to nothing. Large
// files that are still being written are held back until they are left alone.

export type BatchTiming = {
  /** A batch is due when nothing has changed for so long. Default 200. */
  quietMs: number;
  /** ... or so long after its first change. Default 1,000. */
  atMostMs: number;
  /** From this size on a file must be left alone for `largeQuietMs` (default 500), 30 seconds at most. Default 1 MiB. */
  largeBytes: number;
  largeQuietMs: number;
  largeAtMostMs: number;
};

export const defaultTiming: BatchTiming = {
  quietMs: 200,
  atMostMs: 1_000,
  largeBytes: 1 << 20,
  largeQuietMs: 500,
  largeAtMostMs: 30_000,
};

type Change = { firstMs: number; lastMs: number; isHeld: boolean };

export class ChangeBatches {
  readonly #timing: BatchTiming;
  readonly #changes = new Map<string, Change>();

  constructor(timing: BatchTiming = defaultTiming) {
    this.#timing = timing;
  }

  get size(): number {
    return this.#changes.size;
  }

  note(path: string, nowMs: number): void {
    const change = this.#changes.get(path);
    if (change) change.lastMs = nowMs;
    else this.#changes.set(path, { firstMs: nowMs, lastMs: nowMs, isHeld: false });
  }

  /** Forgets what has changed where `isMeant`. */
  forget(isMeant: (path: string) => boolean): void {
    for (const path of this.#changes.keys()) if (isMeant(path)) this.#changes.delete(path);
  }

  /** When `take` will have something to give; undefined where nothing has changed. */
  dueMs(): number | undefined {
    const { quietMs, atMostMs } = this.#timing;
    let firstMs = Number.POSITIVE_INFINITY;
    let lastMs = 0;
    let due = Number.POSITIVE_INFINITY;
    for (const change of this.#changes.values()) {
      if (change.isHeld) due = Math.min(due, this.#heldUntil(change));
      else {
        firstMs = Math.min(firstMs, change.firstMs);
        lastMs = Math.max(lastMs, change.lastMs);
      }
    }
    if (Number.isFinite(firstMs)) due = Math.min(due, lastMs + quietMs, firstMs + atMostMs);
    return this.#changes.size === 0 ? undefined : due;
  }

  /** Takes out what is due: nothing before `dueMs`. `bytesOf` tells a file's size, 0 for what is none. */
  take(nowMs: number, bytesOf: (path: string) => number): string[] {
    const due = this.dueMs();
    if (due === undefined || due > nowMs) return [];
    const taken: string[] = [];
    for (const [path, change] of this.#changes) {
      if (!change.isHeld) change.isHeld = bytesOf(path) >= this.#timing.largeBytes;
      if (change.isHeld && this.#heldUntil(change) > nowMs) continue;
      this.#changes.delete(path);
      taken.push(path);
    }
    return taken;
  }

  #heldUntil({ firstMs, lastMs }: Change): number {
    const { largeQuietMs, largeAtMostMs } = this.#timing;
    return Math.min(lastMs + largeQuietMs, firstMs + largeAtMostMs);
  }
}
