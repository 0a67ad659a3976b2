// Vectors as they lie in a file: float32, little endian, row after row, nothing else. Processes read them in slices, so that
// none but the system under test has to hold them.

import { type FileHandle, open, rename, stat } from "node:fs/promises";

export type VectorFile = { path: string; rows: number; dimensions: number };

/** What one scenario searches: the same bytes for every system. */
export type VectorSet = {
  /** What the vectors are, in words for every table. */
  label: string;
  source: "real" | "synthetic";
  rows: VectorFile;
  /** Queries of even number check and choose; those of odd number are reported. */
  queries: VectorFile;
};

/** Rows `from` to `to`. */
export async function readRows(file: FileHandle, dimensions: number, from: number, to: number): Promise<Float32Array> {
  const vectors = new Float32Array((to - from) * dimensions);
  await readInto(file, vectors, from * dimensions);
  return vectors;
}

/** Fills `floats` with those from number `start` on. */
export async function readInto(file: FileHandle, floats: Float32Array, start: number): Promise<void> {
  const bytes = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start * 4 + done);
    if (bytesRead === 0) throw new Error("A file of vectors ends too early; delete .bench/cache and run again.");
    done += bytesRead;
  }
}

export async function readAll({ path, rows, dimensions }: VectorFile): Promise<Float32Array> {
  const file = await open(path);
  try {
    return await readRows(file, dimensions, 0, rows);
  } finally {
    await file.close();
  }
}

/** All rows in slices of about `sliceRows`; the array of a slice is used again for the next one. */
export async function* slicesOf(
  { path, rows, dimensions }: VectorFile,
  sliceRows: number,
): AsyncGenerator<{ first: number; count: number; vectors: Float32Array }> {
  const file = await open(path);
  try {
    const buffer = new Float32Array(Math.min(sliceRows, rows) * dimensions);
    for (let first = 0; first < rows; first += sliceRows) {
      const count = Math.min(sliceRows, rows - first);
      const vectors = buffer.subarray(0, count * dimensions);
      await readInto(file, vectors, first * dimensions);
      yield { first, count, vectors };
    }
  } finally {
    await file.close();
  }
}

/** Writes what `slices` yields to `path`, whole or not at all. */
export async function writeVectors(
  path: string,
  slices: AsyncIterable<Float32Array> | Iterable<Float32Array>,
): Promise<void> {
  const unfinished = `${path}.part`;
  const file = await open(unfinished, "w");
  try {
    for await (const slice of slices)
      await file.writeFile(new Uint8Array(slice.buffer, slice.byteOffset, slice.byteLength));
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

/** Rows that lie in the file at `path`; 0 where there is none. */
export async function rowsIn(path: string, dimensions: number): Promise<number> {
  try {
    return (await stat(path)).size / 4 / dimensions;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
