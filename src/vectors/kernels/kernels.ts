// The kernels as compiled from assembly/*.ts (npm run build:kernels). Addresses are bytes in the shared memory, `scores` and
// `rows` the two arrays of a heap of at most k entries; see assembly/dot.ts, codes.ts and top-k.ts for formulas and orders.

import { readFile } from "node:fs/promises";
import { LodestoneError } from "../../errors.js";
import { type SharedMemory, webAssembly } from "../shared-memory.js";

export type Kernels = {
  /** Scores the slots set in a mask of `words` words over one chunk and keeps the k best; returns the heap's new size. */
  dotTopK(
    vectors: number,
    strideBytes: number,
    rowNumbers: number,
    query: number,
    mask: number,
    words: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** The same for a list of rows (`candidates`) and their addresses. */
  dotTopKOf(
    addresses: number,
    candidates: number,
    count: number,
    strideBytes: number,
    query: number,
    scores: number,
    rows: number,
    size: number,
    k: number,
  ): number;
  /** Scores the codes of the slots set in a mask and keeps the m best slots; returns the heap's new size. See assembly/codes.ts. */
  codeTopM(
    codes: number,
    codeBytes: number,
    tables: number,
    scale: number,
    shift: number,
    mask: number,
    words: number,
    firstSlot: number,
    spill: number,
    scores: number,
    slots: number,
    size: number,
    m: number,
    floor: number,
  ): number;
  /** The live slots of a chunk whose rows a filter allows. */
  allowedSlots(
    numbers: number,
    live: number,
    words: number,
    filter: number,
    filterWords: number,
    allowed: number,
  ): void;
  /** Orders a heap: highest score first, at equal scores the lower row. */
  sortTopK(scores: number, rows: number, size: number): void;
};

export async function loadKernels(memory: SharedMemory): Promise<Kernels> {
  const file = new URL("./kernels.wasm", import.meta.url);
  try {
    const { instance } = await webAssembly.instantiate(await readFile(file), { env: { memory } });
    return instance.exports as Kernels;
  } catch (cause) {
    throw new LodestoneError(
      "WORKER_FAILED",
      `The vector kernels could not be loaded from ${file.pathname}: this build is incomplete. Run "npm run build:kernels".`,
      { cause },
    );
  }
}
