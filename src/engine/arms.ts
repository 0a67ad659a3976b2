// The generations of an open library: the one that is active, and the other side of a migration. An answer always comes from one of them
// that holds every document.

import type { Arm } from "./arm.js";

export class Arms {
  #active: Arm;
  #shadow: Arm | undefined;
  readonly #searches = new WeakMap<Arm, Set<Promise<unknown>>>();
  /** Documents that the shadow lacks. */
  lacking = Number.POSITIVE_INFINITY;

  constructor(active: Arm) {
    this.#active = active;
  }

  get active(): Arm {
    return this.#active;
  }

  get shadow(): Arm | undefined {
    return this.#shadow;
  }

  /** The shadow, where it can answer queries as well. */
  get completeShadow(): Arm | undefined {
    return this.lacking === 0 ? this.#shadow : undefined;
  }

  /** The arm of a generation that was given by its number. */
  of(generation: number): Arm | undefined {
    return [this.#active, this.#shadow].find((arm) => arm?.generation.id === generation);
  }

  begin(shadow: Arm): void {
    this.#shadow = shadow;
    this.lacking = Number.POSITIVE_INFINITY;
  }

  swap(): void {
    if (!this.#shadow) return;
    [this.#active, this.#shadow] = [this.#shadow, this.#active];
  }

  /** Does a search on an arm, which is not left before that is over. */
  async using<T>(arm: Arm, search: () => Promise<T>): Promise<T> {
    const running = search();
    const searches = this.#searches.get(arm) ?? new Set();
    this.#searches.set(arm, searches.add(running));
    try {
      return await running;
    } finally {
      searches.delete(running);
    }
  }

  /** Resolves when the searches that are on their way on an arm have their answers. */
  async searched(arm: Arm | undefined): Promise<void> {
    if (arm) await Promise.allSettled(this.#searches.get(arm) ?? []);
  }

  /** Leaves the shadow, which is closed. */
  async endShadow(): Promise<void> {
    const shadow = this.#shadow;
    this.#shadow = undefined;
    this.lacking = Number.POSITIVE_INFINITY;
    await this.searched(shadow);
    await shadow?.close();
  }

  async close(): Promise<void> {
    await this.#shadow?.close();
    await this.#active.close();
  }
}
