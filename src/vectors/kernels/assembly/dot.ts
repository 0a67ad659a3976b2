// Exact float32 dot products with the k best selected on the way. Bound by memory: each vector is read once, forward
// (32 GB/s on one core of an AMD EPYC; two rows at a time, sharing the loads of the query, came to 9 GB/s).
//
// Order of summation (the twin in ../dot-reference.ts keeps it): lane j of 16 sums the products of the elements
// i * 16 + j for growing i, starting from +0; then
//   a[j] = (lane[j] + lane[4 + j]) + (lane[8 + j] + lane[12 + j])   for j in 0..3
//   dot  = (a[0] + a[2]) + (a[1] + a[3])
// Vectors are padded with zeros to a multiple of 16 elements (the stride), so there is no tail.

import { offer } from "./top-k";

@inline
export function sumLanes(s0: v128, s1: v128, s2: v128, s3: v128): f32 {
  const a = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  const b = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(b, 0) + f32x4.extract_lane(b, 1);
}

@inline
function product(vector: usize, query: usize, strideBytes: usize): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let i: usize = 0; i < strideBytes; i += 64) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(vector + i), v128.load(query + i)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(vector + i, 16), v128.load(query + i, 16)));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(vector + i, 32), v128.load(query + i, 32)));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(vector + i, 48), v128.load(query + i, 48)));
  }
  return sumLanes(s0, s1, s2, s3);
}

/** The dot product of the vectors at two addresses, of `strideBytes` bytes (a multiple of 64). */
export function dot(vector: usize, query: usize, strideBytes: usize): f32 {
  return product(vector, query, strideBytes);
}

/**
 * Offers the slots whose bit is set in `mask` (`words` 32-bit words, bit 0 first) to the heap at `scores` and `rows`.
 * Slot s of this chunk has its vector at `vectors + s * strideBytes` and its row number at `rowNumbers + 4 s`. Returns the
 * heap's new size.
 */
export function dotTopK(
  vectors: usize, strideBytes: usize, rowNumbers: usize, query: usize, mask: usize, words: u32,
  scores: usize, rows: usize, size: u32, k: u32,
): u32 {
  for (let word: u32 = 0; word < words; word++) {
    let bits = load<u32>(mask + ((<usize>word) << 2));
    const base = word << 5;
    while (bits != 0) {
      const slot: usize = base + ctz(bits);
      bits &= bits - 1;
      const score = product(vectors + slot * strideBytes, query, strideBytes);
      // The row's number is looked up only where it may count: it lies in another place.
      if (size == k && score < load<f32>(scores)) continue;
      size = offer(scores, rows, size, k, score, load<u32>(rowNumbers + (slot << 2)));
    }
  }
  return size;
}

/** As dotTopK for a list: `count` rows whose numbers lie at `candidates` and whose vectors' addresses lie at `addresses`. */
export function dotTopKOf(
  addresses: usize, candidates: usize, count: u32, strideBytes: usize, query: usize,
  scores: usize, rows: usize, size: u32, k: u32,
): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const score = product(load<u32>(addresses + at), query, strideBytes);
    size = offer(scores, rows, size, k, score, load<u32>(candidates + at));
  }
  return size;
}
