// A vector store over a file, in the thread that searches: takes over what the file holds, and writes what is added.

import { FileWindow } from "./file-window.js";
import { Scratch } from "./scratch.js";
import { VectorFile, type VectorFileOptions } from "./vector-file.js";
import { type StoredRows, type StoreHandle, slotsPerChunk, VectorStore } from "./vector-store.js";

/** Vectors to write to slots that nobody reads. `chunks`: addresses of chunks made since the last time. */
export type SlotWrite = { chunks: number[]; rows: Uint32Array; slots: Uint32Array; vectors: Float32Array };

/** Throws what VectorFile throws, and INVALID_INPUT where the memory has no room for what is kept of each row. */
export function openDiskStore(
  handle: StoreHandle,
  options: VectorFileOptions,
): { store: VectorStore; stored: StoredRows } {
  const file = new VectorFile(options);
  const { memory } = handle;
  const store = new VectorStore(handle, { file, window: new FileWindow(file, memory) });
  const places = file.chunks.map((chunk) => chunk.livePlaces());
  const count = places.reduce((sum, { length }) => sum + length, 0);
  const stored = { rows: new Uint32Array(count), slots: new Uint32Array(count), foreignChunks: file.foreignChunks };
  let end = 0;
  for (const [number, { rows, scales }] of file.chunks.entries()) {
    store.addChunk();
    new Uint32Array(memory.buffer, store.rowNumbersOf(number), slotsPerChunk).set(rows);
    if (scales) new Float32Array(memory.buffer, store.scalesOf(number), slotsPerChunk).set(scales);
    for (const at of places[number]!) {
      stored.rows[end] = rows[at]!;
      stored.slots[end++] = number * slotsPerChunk + at;
    }
  }
  const doubtful = new Set(store.adopt(stored));
  if (doubtful.size === 0) return { store, stored };
  file.setLive([...doubtful], false);
  const certain = stored.slots.map((_, i) => i).filter((i) => !doubtful.has(stored.slots[i]!));
  const [rows, slots] = [certain.map((i) => stored.rows[i]!), certain.map((i) => stored.slots[i]!)];
  return { store, stored: { ...stored, rows, slots } };
}

export class SlotWriter {
  readonly #store: VectorStore;
  readonly #encoded: Scratch;

  constructor(store: VectorStore) {
    this.#store = store;
    this.#encoded = new Scratch(store.memory);
  }

  /** Throws DISK_FULL or FILE_UNREADABLE; nothing counts before it is committed. */
  write({ rows, slots, vectors }: SlotWrite): void {
    const store = this.#store;
    const bytes = slots.length * store.strideBytes;
    const address = this.#encoded.fit(bytes);
    const scales = new Float32Array(slots.length);
    for (let i = 0; i < slots.length; i++) {
      scales[i] = store.encode(vectors, i, address + i * store.strideBytes);
      store.label(slots[i]!, rows[i]!, scales[i]!);
    }
    store.disk!.file.write(slots, rows, new Uint8Array(store.memory.buffer, address, bytes), scales);
  }
}
