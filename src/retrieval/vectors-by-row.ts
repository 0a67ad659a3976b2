// The vectors of rows, as an index keeps them.

import { LodestoneError } from "../errors.js";
import type { VectorIndex } from "../vectors/index.js";

/** Vectors of those of `rows` that have one: rows that died since they were found, or have no direction, are left out. */
export async function vectorsByRow(index: VectorIndex, rows: readonly number[]): Promise<Map<number, Float32Array>> {
  const width = index.storedDimensions;
  const read = async (wanted: Uint32Array) => {
    const vectors = await index.vectorsOf(wanted);
    return Array.from(wanted, (row, i): [number, Float32Array] => [row, vectors.subarray(i * width, (i + 1) * width)]);
  };
  const all = Uint32Array.from(rows);
  try {
    return new Map(await read(all));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  // One is missing, which is rare: each is asked for alone.
  const found = await Promise.all(
    Array.from(all, (row) =>
      read(Uint32Array.of(row)).catch((error: unknown) => {
        if (isNotFound(error)) return [];
        throw error;
      }),
    ),
  );
  return new Map(found.flat());
}

function isNotFound(error: unknown): boolean {
  return error instanceof LodestoneError && error.code === "NOT_FOUND";
}
