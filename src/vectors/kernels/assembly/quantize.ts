// From vectors to codes, and from queries to the tables that codes are looked up in; formulas in ../../quantizer.ts, twin in
// ../quantize-reference.ts. Sums run in 16 lanes and are put together as those of a dot product (dot.ts).

import { sumLanes } from "./dot";

/** rest <- vector - centre, of `floats` elements (a multiple of 16), then zeros up to `padded` (another one). */
export function subtract(vector: usize, centre: usize, floats: u32, rest: usize, padded: u32): void {
  const bytes = (<usize>floats) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(rest + i, f32x4.sub(v128.load(vector + i), v128.load(centre + i)));
  }
  memory.fill(rest + bytes, 0, (<usize>(padded - floats)) << 2);
}

/** Bits 0..15: where an element of the four registers is above zero. */
@inline
function positive16(a: v128, b: v128, c: v128, d: v128): i32 {
  const zero = f32x4.splat(0);
  const low = i16x8.narrow_i32x4_s(f32x4.gt(a, zero), f32x4.gt(b, zero));
  const high = i16x8.narrow_i32x4_s(f32x4.gt(c, zero), f32x4.gt(d, zero));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/**
 * Writes the signs of the `floats` elements (a multiple of 16) at `rest`: element i is bit i % 8, set where it is above zero, of
 * the byte at `code + step * floor(i / 8)`. Stores the sum of squares and the sum of sizes, two f32, at `sums`.
 */
export function encodeSigns(rest: usize, floats: u32, code: usize, step: usize, sums: usize): void {
  let q0 = f32x4.splat(0), q1 = q0, q2 = q0, q3 = q0;
  let s0 = q0, s1 = q0, s2 = q0, s3 = q0;
  const end = rest + ((<usize>floats) << 2);
  for (let at = rest; at < end; at += 64, code += 2 * step) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    const bits = positive16(a, b, c, d);
    store<u8>(code, bits);
    store<u8>(code + step, bits >> 8);
    q0 = f32x4.add(q0, f32x4.mul(a, a));
    q1 = f32x4.add(q1, f32x4.mul(b, b));
    q2 = f32x4.add(q2, f32x4.mul(c, c));
    q3 = f32x4.add(q3, f32x4.mul(d, d));
    s0 = f32x4.add(s0, f32x4.abs(a));
    s1 = f32x4.add(s1, f32x4.abs(b));
    s2 = f32x4.add(s2, f32x4.abs(c));
    s3 = f32x4.add(s3, f32x4.abs(d));
  }
  store<f32>(sums, sumLanes(q0, q1, q2, q3));
  store<f32>(sums, sumLanes(s0, s1, s2, s3), 4);
}

/** u = clamp(floor(rest / step) + 8, 0, 15), as floats. */
@inline
function levels4(rest: v128, step: v128): v128 {
  const level = f32x4.add(f32x4.floor(f32x4.div(rest, step)), f32x4.splat(8));
  return f32x4.pmax(f32x4.pmin(level, f32x4.splat(15)), f32x4.splat(0));
}

@inline
function agreement4(sum: v128, rest: v128, level: v128): v128 {
  return f32x4.add(sum, f32x4.mul(rest, f32x4.sub(level, f32x4.splat(7.5))));
}

/**
 * One table of 16 bytes. Byte n is the sum of 15 - u_b over the four levels, which is byte 0 of `least`, plus 2 u_b - 15, bytes 0..3
 * of `gains`, for each bit b that n has. An index of -1 picks nothing.
 */
@inline
function storeTable(table: usize, gains: v128, least: v128): void {
  const low = i8x16.add(
    i8x16.swizzle(gains, i8x16(-1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0)),
    i8x16.swizzle(gains, i8x16(-1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1)),
  );
  const high = i8x16.add(
    i8x16.swizzle(gains, i8x16(-1, -1, -1, -1, 2, 2, 2, 2, -1, -1, -1, -1, 2, 2, 2, 2)),
    i8x16.swizzle(gains, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, 3, 3, 3, 3, 3, 3, 3, 3)),
  );
  v128.store(table, i8x16.add(i8x16.add(low, high), i8x16.swizzle(least, i8x16.splat(0))));
}

/**
 * Writes the tables of a query, 16 bytes for every four of the `floats` elements (a multiple of 16) at `rest`, and returns the sum
 * of rest_i * (u_i - 7.5). `step`: above 0.
 */
export function queryTables(rest: usize, floats: u32, step: f32, tables: usize): f32 {
  const step4 = f32x4.splat(step);
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = rest + ((<usize>floats) << 2);
  for (let at = rest; at < end; at += 64, tables += 64) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    const ua = levels4(a, step4), ub = levels4(b, step4), uc = levels4(c, step4), ud = levels4(d, step4);
    s0 = agreement4(s0, a, ua);
    s1 = agreement4(s1, b, ub);
    s2 = agreement4(s2, c, uc);
    s3 = agreement4(s3, d, ud);
    const levels = i8x16.narrow_i16x8_u(
      i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(ua), i32x4.trunc_sat_f32x4_s(ub)),
      i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(uc), i32x4.trunc_sat_f32x4_s(ud)),
    );
    const gains = i8x16.sub(i8x16.add(levels, levels), i8x16.splat(15));
    const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(levels));
    const least = i32x4.sub(i32x4.splat(60), sums);
    storeTable(tables, gains, least);
    storeTable(tables + 16, v128.shuffle<i32>(gains, gains, 1, 1, 1, 1), v128.shuffle<i32>(least, least, 1, 1, 1, 1));
    storeTable(tables + 32, v128.shuffle<i32>(gains, gains, 2, 2, 2, 2), v128.shuffle<i32>(least, least, 2, 2, 2, 2));
    storeTable(tables + 48, v128.shuffle<i32>(gains, gains, 3, 3, 3, 3), v128.shuffle<i32>(least, least, 3, 3, 3, 3));
  }
  return sumLanes(s0, s1, s2, s3);
}
