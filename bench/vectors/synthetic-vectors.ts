// Synthetic vectors where the size or the width asks for them: unit vectors around 1,000 centres and a common mean, with a
// spectrum that falls as 1 / sqrt(i + 8). Queries are drawn as the rows are, from another seed.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { mulberry32 } from "../corpus.js";
import { rowsIn, type VectorFile, type VectorSet, writeVectors } from "./vector-file.js";

const centres = 1000;
const rowsPerSlice = 8192;
/** Normal numbers, read from anywhere: drawing each anew would take minutes. */
const tableLength = 1 << 21;

// Written into the names of cached files: raise it with any change to what is drawn.
const generatorVersion = 1;

export async function syntheticVectors(
  folder: string,
  rows: number,
  queries: number,
  dimensions: number,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<VectorSet> {
  await mkdir(folder, { recursive: true });
  const table = normalNumbers();
  const make = async (name: string, count: number, seed: number): Promise<VectorFile> => {
    const path = join(folder, `synthetic-${generatorVersion}-${dimensions}-${name}-${count}.f32`);
    if ((await rowsIn(path, dimensions)) !== count) {
      await writeVectors(
        path,
        drawSlices(table, count, dimensions, seed, (done) => onProgress(done, count)),
      );
    }
    return { path, rows: count, dimensions };
  };
  return {
    label: `synthetic, ${centres.toLocaleString("en-US")} clusters with a common mean and a falling spectrum`,
    source: "synthetic",
    rows: await make("rows", rows, 2),
    queries: await make("queries", queries, 3),
  };
}

function normalNumbers(): Float32Array {
  const random = mulberry32(1);
  // Box and Muller's transform.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float32Array.from({ length: tableLength }, normal);
}

function* drawSlices(
  table: Float32Array,
  count: number,
  dimensions: number,
  seed: number,
  onProgress: (done: number) => void,
): Generator<Float32Array> {
  const random = mulberry32(seed);
  for (let first = 0; first < count; first += rowsPerSlice) {
    const rows = Math.min(rowsPerSlice, count - first);
    const vectors = new Float32Array(rows * dimensions);
    for (let row = 0; row < rows; row++) {
      const centre = Math.floor(random() * centres) * 997;
      const noise = Math.floor(random() * (tableLength - dimensions));
      const start = row * dimensions;
      let squares = 0;
      for (let i = 0; i < dimensions; i++) {
        const value = (1 + table[centre + i]! + table[noise + i]!) / Math.sqrt(i + 8);
        vectors[start + i] = value;
        squares += value * value;
      }
      const scale = 1 / Math.sqrt(squares);
      for (let i = 0; i < dimensions; i++) vectors[start + i]! *= scale;
    }
    yield vectors;
    onProgress(first + rows);
  }
}
