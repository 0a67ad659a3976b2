// Scores 1-bit codes against the tables of a query (../../quantizer.ts); selects the m best on the way, or writes all scores.
//
// Codes lie in blocks of 32 rows, byte by byte:
//   byte 0 of rows 0..31, byte 1 of rows 0..31, ...   32 factors f32   32 offsets f32
// so that one table is looked up for 16 rows at once (i8x16.swizzle), and no sum crosses lanes: 8 operations for 16 bytes of
// codes and a query of 4 bits. Popcounts of four bit planes take 40: on 1 M codes of 48 bytes 12.7 ms, against 3.2 ms this
// way and 4.2 ms for the popcounts of a query of one bit (best of 60, same run, AMD EPYC). Bound by the look-ups.
//
//   score = (sum * scale + shift) * factor + offset, each step rounded to f32; the sum is whole, at most 15 * dimensions

import { offer } from "./top-k";


@inline
function lookUp(low: v128, high: v128, bytes: v128): v128 {
  // A shift of 16-bit lanes and a mask: V8 builds the mask of an 8-bit shift anew each time, which cost 12 % of the scan.
  const highs = v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15));
  return i8x16.add(i8x16.swizzle(low, v128.and(bytes, i8x16.splat(15))), i8x16.swizzle(high, highs));
}

/** Writes the scores of 4 rows to `at`; their bits are set where the score is not below `limit`. */
@inline
function score4(sums: v128, scale: v128, shift: v128, factors: usize, at: usize, limit: v128): u32 {
  const scaled = f32x4.add(f32x4.mul(f32x4.convert_i32x4_u(sums), scale), shift);
  const scores = f32x4.add(f32x4.mul(scaled, v128.load(factors)), v128.load(factors, 128));
  v128.store(at, scores);
  return i32x4.bitmask(f32x4.ge(scores, limit));
}

/** Scores rows 0..15 (half 0) or 16..31 (half 1) of a block from the sums of its even and odd rows. */
@inline
function score16(even: v128, odd: v128, scale: v128, shift: v128, factors: usize, at: usize, limit: v128): u32 {
  const low = v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11);
  const high = v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15);
  return score4(i32x4.extend_low_i16x8_u(low), scale, shift, factors, at, limit)
    | (score4(i32x4.extend_high_i16x8_u(low), scale, shift, factors + 16, at + 16, limit) << 4)
    | (score4(i32x4.extend_low_i16x8_u(high), scale, shift, factors + 32, at + 32, limit) << 8)
    | (score4(i32x4.extend_high_i16x8_u(high), scale, shift, factors + 48, at + 48, limit) << 12);
}

/** Scores the 32 rows of a block to `spill`; their bits are set where the score is not below `limit`. */
@inline
function scoreBlock(
  codes: usize, factors: usize, tables: usize, scale: v128, shift: v128, spill: usize, limit: v128,
): u32 {
  let even0 = i16x8.splat(0), odd0 = even0, even1 = even0, odd1 = even0;
  let table = tables;
  // Two bytes of codes make at most 240: sums of bytes first, then of 16-bit lanes.
  for (let at = codes; at < factors; at += 64, table += 64) {
    const low0 = v128.load(table), high0 = v128.load(table, 16);
    const low1 = v128.load(table, 32), high1 = v128.load(table, 48);
    let sums = i8x16.add(lookUp(low0, high0, v128.load(at)), lookUp(low1, high1, v128.load(at, 32)));
    even0 = i16x8.add(even0, v128.and(sums, i16x8.splat(255)));
    odd0 = i16x8.add(odd0, i16x8.shr_u(sums, 8));
    sums = i8x16.add(lookUp(low0, high0, v128.load(at, 16)), lookUp(low1, high1, v128.load(at, 48)));
    even1 = i16x8.add(even1, v128.and(sums, i16x8.splat(255)));
    odd1 = i16x8.add(odd1, i16x8.shr_u(sums, 8));
  }
  return score16(even0, odd0, scale, shift, factors, spill, limit)
    | (score16(even1, odd1, scale, shift, factors + 64, spill + 64, limit) << 16);
}

/**
 * Offers the positions whose bit is set in `mask` (`words` 32-bit words, one for each block) to the heap at `scores` and
 * `positions`. `codeBytes` is a multiple of 8; `first` is the position of the first row; 128 bytes at `spill` are overwritten.
 * Scores below `floor` are passed over. Returns the heap's new size.
 */
export function codeTopM(
  codes: usize, codeBytes: usize, tables: usize, scale: f32, shift: f32, mask: usize, words: u32, first: u32,
  spill: usize, scores: usize, positions: usize, size: u32, m: u32, floor: f32,
): u32 {
  const byteColumns = codeBytes << 5;
  const scale4 = f32x4.splat(scale);
  const shift4 = f32x4.splat(shift);
  for (let word: u32 = 0; word < words; word++, codes += byteColumns + 256) {
    const allowed = load<u32>(mask + ((<usize>word) << 2));
    if (allowed == 0) continue;
    const limit = f32x4.splat(size == m ? max(load<f32>(scores), floor) : floor);
    let bits = scoreBlock(codes, codes + byteColumns, tables, scale4, shift4, spill, limit);
    for (bits &= allowed; bits != 0; bits &= bits - 1) {
      const row = ctz(bits);
      size = offer(scores, positions, size, m, load<f32>(spill + ((<usize>row) << 2)), first + (word << 5) + row);
    }
  }
  return size;
}

/** Writes the scores of `blocks` blocks, 32 each, to `scores`. */
export function codeScores(
  codes: usize, codeBytes: usize, tables: usize, scale: f32, shift: f32, blocks: u32, scores: usize,
): void {
  const byteColumns = codeBytes << 5;
  const scale4 = f32x4.splat(scale);
  const shift4 = f32x4.splat(shift);
  const limit = f32x4.splat(Infinity);
  for (let block: u32 = 0; block < blocks; block++, codes += byteColumns + 256, scores += 128) {
    scoreBlock(codes, codes + byteColumns, tables, scale4, shift4, scores, limit);
  }
}
