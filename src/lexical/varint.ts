// Whole numbers of 32 bits in as few bytes as they need: seven bits each, the lowest first, the high bit set where another
// byte follows.

import { withCapacity } from "./with-capacity.js";

export class VarintWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  write(number: number): void {
    this.#bytes = withCapacity(this.#bytes, this.#length + 5);
    let rest = number;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** bytes[from..to) as they are. */
  writeBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = withCapacity(this.#bytes, this.#length + to - from);
    for (let i = from; i < to; i++) this.#bytes[this.#length++] = bytes[i]!;
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

export class VarintReader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  read(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++]!;
    if (byte < 128) return byte;
    let number = byte & 127;
    let shift = 7;
    do {
      byte = bytes[this.at++]!;
      number |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return number >>> 0;
  }
}
