// Sums over chosen vectors, for clustering (../../clusters.ts): vector i lies at `vectors + i * strideBytes`. Floats only.

import { dot } from "./dot";

/** scores[n] <- <vector indexes[n], query> for `count` indexes. */
export function dotsOf(
  vectors: usize, strideBytes: usize, indexes: usize, count: u32, query: usize, scores: usize,
): void {
  for (let n: u32 = 0; n < count; n++) {
    const at = (<usize>n) << 2;
    store<f32>(scores + at, dot(vectors + <usize>load<u32>(indexes + at) * strideBytes, query, strideBytes));
  }
}

/** sum <- the sum of the vectors at `count` indexes, each element in the order of the indexes. */
export function sumOf(vectors: usize, strideBytes: usize, indexes: usize, count: u32, sum: usize): void {
  for (let i: usize = 0; i < strideBytes; i += 64) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let n: u32 = 0; n < count; n++) {
      const at = vectors + <usize>load<u32>(indexes + ((<usize>n) << 2)) * strideBytes + i;
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      s2 = f32x4.add(s2, v128.load(at, 32));
      s3 = f32x4.add(s3, v128.load(at, 48));
    }
    v128.store(sum + i, s0);
    v128.store(sum + i, s1, 16);
    v128.store(sum + i, s2, 32);
    v128.store(sum + i, s3, 48);
  }
}
