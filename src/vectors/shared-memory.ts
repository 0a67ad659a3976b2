// One WebAssembly memory, shared between threads: the index's caller writes vectors into it, the search worker's kernels
// read them there, and the graph builder too. It only ever grows, in place.

import { LodestoneError } from "../errors.js";

/** A shared WebAssembly.Memory. It crosses to worker threads by reference. */
export type SharedMemory = {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
};

type WebAssemblyApi = {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  instantiate(
    bytes: Uint8Array,
    imports: { env: { memory: SharedMemory } },
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** The part of WebAssembly used here; Node's type package does not declare it. */
export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

const pageBytes = 65536;
/** WebAssembly's own limit: 32-bit addresses. */
export const maxMemoryBytes = 65536 * pageBytes;

/** Reserves addresses for up to 4 GiB (no memory yet), or for as much as this process may have. */
export function createSharedMemory(): SharedMemory {
  for (let maximum = maxMemoryBytes / pageBytes; ; maximum /= 2) {
    try {
      return new webAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (cause) {
      // Under a limit on virtual memory (ulimit -v, strict overcommit) a smaller reservation may still be granted.
      if (maximum <= 1024) {
        throw new LodestoneError(
          "INVALID_INPUT",
          "No address space for vectors: this process may not reserve even 64 MiB. Raise its limit on virtual memory.",
          { cause },
        );
      }
    }
  }
}

/** Address of `bytes` fresh zero bytes, at a page border. Safe to call from several threads: growing is atomic. */
export function allocate(memory: SharedMemory, bytes: number): number {
  try {
    return memory.grow(Math.ceil(bytes / pageBytes)) * pageBytes;
  } catch (cause) {
    const held = (memory.buffer.byteLength / 2 ** 30).toFixed(2);
    throw new LodestoneError(
      "INVALID_INPUT",
      `The vectors do not fit: ${held} GiB are in use, and one index holds at most 4 GiB (or what this process may ` +
        "have). Split the library, or use a model of fewer dimensions.",
      { cause, detail: { heldBytes: memory.buffer.byteLength, wantedBytes: bytes } },
    );
  }
}
