// As dot.ts for vectors of 8-bit integers, each with a scale, and a query of 16-bit integers, with one scale too:
//
//   <v, q> ~ (scale_v * scale_q) * sum_i b_i * u_i      b_i in -127..127, u_i in -32767..32767
//
// The sum is exact, in whatever order: the caller sees to it that 127 * sum_i |u_i| < 2^31 (../../vector-scorer.ts). It is rounded to
// f32, the scales are multiplied, then both. Bound by memory: a quarter of what floats take.

import { offer } from "./top-k";

@inline
function sum(vector: usize, query: usize, strideBytes: usize): i32 {
  let s0 = i32x4.splat(0), s1 = s0;
  for (let i: usize = 0; i < strideBytes; i += 16, query += 32) {
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load8x8_s(vector + i), v128.load(query)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load8x8_s(vector + i, 8), v128.load(query, 16)));
  }
  const a = i32x4.add(s0, s1);
  const b = i32x4.add(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1));
  return i32x4.extract_lane(b, 0) + i32x4.extract_lane(b, 1);
}

/** As dotTopK, with the slots' scales at `scales`. */
export function int8TopK(
  vectors: usize, strideBytes: usize, rowNumbers: usize, scales: usize, query: usize, queryScale: f32,
  mask: usize, words: u32, scores: usize, rows: usize, size: u32, k: u32,
): u32 {
  for (let word: u32 = 0; word < words; word++) {
    let bits = load<u32>(mask + ((<usize>word) << 2));
    const base = word << 5;
    while (bits != 0) {
      const slot: usize = base + ctz(bits);
      bits &= bits - 1;
      const scale = load<f32>(scales + (slot << 2)) * queryScale;
      const score = f32(sum(vectors + slot * strideBytes, query, strideBytes)) * scale;
      if (size == k && score < load<f32>(scores)) continue;
      size = offer(scores, rows, size, k, score, load<u32>(rowNumbers + (slot << 2)));
    }
  }
  return size;
}

/** As dotTopKOf, with the candidates' scales at `scales`. */
export function int8TopKOf(
  addresses: usize, candidates: usize, scales: usize, count: u32, strideBytes: usize, query: usize, queryScale: f32,
  scores: usize, rows: usize, size: u32, k: u32,
): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const scale = load<f32>(scales + at) * queryScale;
    const score = f32(sum(load<u32>(addresses + at), query, strideBytes)) * scale;
    size = offer(scores, rows, size, k, score, load<u32>(candidates + at));
  }
  return size;
}
