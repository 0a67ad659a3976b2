// Samples as vectors, read from the library: of a run, of the whole index, and of the baseline.

import type { EmbeddingSample } from "../quality/index.js";
import type { Reader, SampledRow } from "../store/index.js";

/** A sample with the rows that it was made of. */
export type RowsWithVectors = { rows: number[]; sample: EmbeddingSample };

/** Fewer sampled rows that are left of a whole index do not stand for it any more. */
const FEWEST_INDEX_ROWS = 64;
const DRAWN_ROWS = 256;

/** Vectors of sampled rows, in the order of the rows; norms of those only whose norm is known. */
export function vectorsOf(reader: Reader, sampled: readonly SampledRow[]): RowsWithVectors {
  const { rows, vectors } = reader.vectors(Uint32Array.from(sampled, ({ row }) => row));
  const normOf = new Map(sampled.map(({ row, norm }) => [row, norm]));
  const norms = Float32Array.from(rows, (row) => normOf.get(row)!);
  return { rows: [...rows], sample: sampleFrom(reader.generation().dimensions, vectors, norms) };
}

/** What the index holds now: its reservoir, or, where that has not been kept from the beginning, rows drawn now. */
export function indexSample(reader: Reader, random: () => number): RowsWithVectors & { norms: Float32Array } {
  let sampled = reader.quality.sampled(0);
  if (sampled.length < FEWEST_INDEX_ROWS) {
    const drawn = reader.quality.drawRows(DRAWN_ROWS, random).map((row) => ({ row, norm: Number.NaN }));
    if (drawn.length > sampled.length) sampled = drawn;
  }
  const normOf = new Map(sampled.map(({ row, norm }) => [row, norm]));
  const found = vectorsOf(reader, sampled);
  return { ...found, norms: Float32Array.from(found.rows, (row) => normOf.get(row)!) };
}

/** `norms`: NaN where they are not known. */
export function sampleFrom(dimensions: number, vectors: Float32Array, norms: Float32Array): EmbeddingSample {
  const rows = vectors.length / dimensions;
  const known = norms.filter(Number.isFinite);
  return { dimensions, capacity: rows, rows, seen: rows, vectors, norms: known, randomState: 1 };
}

/** The baseline's: where most norms are known, the others are taken for the mean, so that each row has one. */
export function baselineFrom(dimensions: number, vectors: Float32Array, norms: Float32Array): EmbeddingSample {
  const sample = sampleFrom(dimensions, vectors, norms);
  const known = sample.norms;
  if (known.length * 2 < sample.rows) return { ...sample, norms: new Float32Array(0) };
  const mean = known.reduce((sum, norm) => sum + norm, 0) / known.length;
  return { ...sample, norms: norms.map((norm) => (Number.isFinite(norm) ? norm : mean)) };
}
