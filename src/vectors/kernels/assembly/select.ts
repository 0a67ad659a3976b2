// Which lists to look into, without sorting their scores.

const bucketCount: u32 = 1024;

@inline
function buckets4(scores: v128, lowest: v128, scale: v128): v128 {
  const buckets = i32x4.trunc_sat_f32x4_u(f32x4.mul(f32x4.sub(scores, lowest), scale));
  return i32x4.min_u(buckets, i32x4.splat(bucketCount - 1));
}

@inline
function countIn(buckets: usize, bucket: u32): void {
  const at = buckets + ((<usize>bucket) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * A score that the `n` highest of `count` scores reach, and few others: scores fall into 1024 buckets between the lowest and the
 * highest, and this is the lower border of the one with the n-th (a hundredth of a bucket lower, for rounding). `n`: at most
 * `count`, which is at least 1. 4096 bytes at `buckets` are overwritten.
 */
export function scoreOfNth(scores: usize, count: u32, n: u32, buckets: usize): f32 {
  const end = (<usize>count) << 2;
  const whole = end & ~15;
  let low4 = f32x4.splat(Infinity), high4 = f32x4.splat(-Infinity);
  for (let at: usize = 0; at < whole; at += 16) {
    const four = v128.load(scores + at);
    low4 = f32x4.pmin(low4, four);
    high4 = f32x4.pmax(high4, four);
  }
  let lowest = min(
    min(f32x4.extract_lane(low4, 0), f32x4.extract_lane(low4, 1)),
    min(f32x4.extract_lane(low4, 2), f32x4.extract_lane(low4, 3)),
  );
  let highest = max(
    max(f32x4.extract_lane(high4, 0), f32x4.extract_lane(high4, 1)),
    max(f32x4.extract_lane(high4, 2), f32x4.extract_lane(high4, 3)),
  );
  for (let at = whole; at < end; at += 4) {
    lowest = min(lowest, load<f32>(scores + at));
    highest = max(highest, load<f32>(scores + at));
  }
  if (lowest == highest) return lowest;
  low4 = f32x4.splat(lowest);
  const scale4 = f32x4.splat(f32(bucketCount) / (highest - lowest));
  memory.fill(buckets, 0, (<usize>bucketCount) << 2);
  for (let at: usize = 0; at < whole; at += 16) {
    const four = buckets4(v128.load(scores + at), low4, scale4);
    countIn(buckets, i32x4.extract_lane(four, 0));
    countIn(buckets, i32x4.extract_lane(four, 1));
    countIn(buckets, i32x4.extract_lane(four, 2));
    countIn(buckets, i32x4.extract_lane(four, 3));
  }
  for (let at = whole; at < end; at += 4) {
    countIn(buckets, i32x4.extract_lane(buckets4(f32x4.splat(load<f32>(scores + at)), low4, scale4), 0));
  }
  let above: u32 = 0;
  let bucket = bucketCount;
  while (above < n) above += load<u32>(buckets + ((<usize>--bucket) << 2));
  return lowest + (f32(bucket) - 0.01) * ((highest - lowest) / f32(bucketCount));
}

/**
 * For each of `count` scores writes to `mask` its word of `live` where the score is at least `least`, else 0. Returns how many words
 * are not 0. `live` and `mask` may be the same.
 */
export function takeLists(scores: usize, count: u32, least: f32, live: usize, mask: usize): u32 {
  const end = (<usize>count) << 2;
  const whole = end & ~15;
  const least4 = f32x4.splat(least);
  let taken: u32 = 0;
  for (let at: usize = 0; at < whole; at += 16) {
    const words = v128.and(f32x4.ge(v128.load(scores + at), least4), v128.load(live + at));
    v128.store(mask + at, words);
    taken += 4 - popcnt<u32>(i32x4.bitmask(i32x4.eq(words, i32x4.splat(0))));
  }
  for (let at = whole; at < end; at += 4) {
    const word = load<f32>(scores + at) >= least ? load<u32>(live + at) : 0;
    store<u32>(mask + at, word);
    taken += u32(word != 0);
  }
  return taken;
}
