// The generations of an open library: the one that is active, and the other side of a migration. An answer always comes from one of them
// that holds every document.

import type { Arm } from "./arm.js";

export class Arms {
  #active: Arm;
  #shadow: Arm | undefined;
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

  /** Leaves the shadow, which is closed. */
  async endShadow(): Promise<void> {
    const shadow = this.#shadow;
    this.#shadow = undefined;
    this.lacking = Number.POSITIVE_INFINITY;
    await shadow?.close();
  }

  async close(): Promise<void> {
    await this.endShadow();
    await this.#active.close();
  }
}
