// Whether stored vectors are what the model gives for their texts now. A few stored texts are embedded again, as passages and
// in the wrong ways that happen: with the query's prefix, and cut to their first part. The way whose vector is the stored one
// tells what was done.

import { cosineDistance } from "./moments.js";

/** The ways a probe may have been embedded. "head": only the first part of the text. */
export type EmbeddingWay = "as-intended" | "other-prefix" | "head";

/** Plain JSON. */
export type Reembedding = {
  probes: number;
  /** Median cosine distance between the stored vectors and the ones embedded as intended. */
  medianDistance: number;
  /** How many stored vectors are explained by which way; "unexplained" by none. */
  counts: Record<EmbeddingWay | "unexplained", number>;
};

export type ReembeddingInput = {
  dimensions: number;
  /** `probes * dimensions` numbers, as are all others. */
  stored: Float32Array;
  asIntended: Float32Array;
  /** Absent where both prefixes are the same. */
  otherPrefix?: Float32Array;
  /** Vectors of the first parts of the texts, such as the first half, quarter and eighth. */
  heads?: readonly Float32Array[];
};

// Rounding, and what dynamic quantization makes of another batch, stay below.
const sameDistance = 1e-4;
const unexplainedDistance = 0.02;
/** Another way explains a vector when it is at most this share as far from it: noise that all ways share does not count. */
const explainedRatio = 0.25;
/** How much of a text was read is not known, so the head only has to be nearer. Vectors of another model are as far from both. */
const headRatio = 0.85;

export function compareReembedding({
  dimensions,
  stored,
  asIntended,
  otherPrefix,
  heads = [],
}: ReembeddingInput): Reembedding {
  const probes = stored.length / dimensions;
  const counts = { "as-intended": 0, "other-prefix": 0, head: 0, unexplained: 0 };
  const distances: number[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const row = (vectors: Float32Array) => vectors.subarray(probe * dimensions, (probe + 1) * dimensions);
    const distance = (vectors: Float32Array) => cosineDistance(row(stored), row(vectors));
    const intended = distance(asIntended);
    distances.push(intended);
    if (intended <= sameDistance) {
      counts["as-intended"]++;
      continue;
    }
    const prefixed = otherPrefix ? distance(otherPrefix) : Number.POSITIVE_INFINITY;
    const cut = Math.min(Number.POSITIVE_INFINITY, ...heads.map(distance));
    if (prefixed <= intended * explainedRatio) counts["other-prefix"]++;
    else if (cut <= intended * headRatio) counts.head++;
    else counts[intended > unexplainedDistance ? "unexplained" : "as-intended"]++;
  }
  return { probes, medianDistance: distances.toSorted((a, b) => a - b)[probes >> 1] ?? 0, counts };
}
