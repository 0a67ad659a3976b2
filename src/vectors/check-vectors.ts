// The border of the vector index: what passes here is never checked again inside.

import { LodestoneError } from "../errors.js";

/** How far from 1 the norm of a vector may lie; float32 sums over 1024 dimensions stay within 1e-5. */
const normTolerance = 1e-3;

/** Throws VECTOR_INVALID unless `vectors` has room for exactly `count` vectors of `dimensions` numbers. */
export function checkShape(vectors: Float32Array, count: number, dimensions: number): void {
  if (!(vectors instanceof Float32Array)) throw invalid("Vectors are given as one Float32Array.", {});
  if (vectors.length === count * dimensions) return;
  const found = count === 1 ? `${vectors.length}` : `${vectors.length} numbers for ${count} vectors`;
  throw invalid(`This index holds vectors of ${dimensions} dimensions; found ${found}.`, {
    dimensions,
    found: vectors.length,
  });
}

/** Throws VECTOR_INVALID unless vectors `from` to `to` (exclusive) are finite and of unit norm. */
export function checkVectors(vectors: Float32Array, from: number, to: number, dimensions: number): void {
  for (let vector = from; vector < to; vector++) {
    const start = vector * dimensions;
    let squares = 0;
    for (let i = start; i < start + dimensions; i++) squares += vectors[i]! * vectors[i]!;
    // Written so that NaN fails too.
    if (!(Math.abs(Math.sqrt(squares) - 1) <= normTolerance))
      throw describe(vectors, vector, start, dimensions, squares);
  }
}

/** Throws VECTOR_INVALID where vectors `from` to `to` (exclusive) have nothing in the first `kept` of their dimensions. */
export function checkPrefixes(vectors: Float32Array, from: number, to: number, dimensions: number, kept: number): void {
  if (kept === dimensions) return;
  for (let vector = from; vector < to; vector++) {
    const start = vector * dimensions;
    if (vectors.subarray(start, start + kept).some((value) => value !== 0)) continue;
    throw invalid(
      `Vector ${vector} is zero in its first ${kept} dimensions, and this index keeps no others. Leave it out.`,
      { vector, truncate: kept },
    );
  }
}

function describe(vectors: Float32Array, vector: number, start: number, dimensions: number, squares: number) {
  const odd = vectors.subarray(start, start + dimensions).findIndex((value) => !Number.isFinite(value));
  if (odd >= 0) {
    return invalid(
      `Vector ${vector} has ${vectors[start + odd]} at dimension ${odd}; only finite numbers are stored.`,
      {
        vector,
      },
    );
  }
  const norm = Math.sqrt(squares);
  return invalid(
    `Vector ${vector} has norm ${norm.toPrecision(6)}; expected 1 within ${normTolerance}. Normalise it before` +
      `${norm === 0 ? ", and leave zero vectors out" : ""}.`,
    { vector, norm },
  );
}

function invalid(message: string, detail: Record<string, unknown>): LodestoneError {
  return new LodestoneError("VECTOR_INVALID", message, { detail });
}
