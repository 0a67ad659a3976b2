// Room in the shared memory that one owner uses again and again. The memory never shrinks, so what outgrows its room leaves at most
// as much behind.

import { allocate, type SharedMemory } from "./shared-memory.js";

export class Scratch {
  readonly #memory: SharedMemory;
  #address = 0;
  #bytes = 0;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** The address of at least `bytes`, at a page border; what was there before may be lost when it grows. */
  fit(bytes: number): number {
    if (bytes > this.#bytes) {
      const wanted = Math.max(bytes, Math.min(2 * this.#bytes, 2 ** 26), 65536);
      this.#address = allocate(this.#memory, wanted);
      this.#bytes = wanted;
    }
    return this.#address;
  }

  floats(count: number): Float32Array {
    const address = this.fit(count * 4);
    return new Float32Array(this.#memory.buffer, address, count);
  }

  integers(count: number): Uint32Array {
    const address = this.fit(count * 4);
    return new Uint32Array(this.#memory.buffer, address, count);
  }
}
