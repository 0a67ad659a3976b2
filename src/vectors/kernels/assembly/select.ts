// Which lists to look into: about the `wanted` highest of many scores, without sorting them. Scores fall into 1024 buckets between
// the lowest and the highest; whole buckets are taken from the top until enough lists with live rows are in them.

const bucketCount: u32 = 1024;

@inline
function buckets4(scores: v128, lowest: v128, scale: v128): v128 {
  const buckets = i32x4.trunc_sat_f32x4_u(f32x4.mul(f32x4.sub(scores, lowest), scale));
  return i32x4.min_u(buckets, i32x4.splat(bucketCount - 1));
}

/**
 * For each of `count` scores writes to `mask` its word of `live` where it is among the highest, else 0. Lists whose word is 0 do
 * not count. The scores, which have room for a multiple of 4, and 4096 bytes at `buckets` are overwritten. Returns how many lists
 * were taken: at least `wanted`, or all.
 */
export function selectLists(
  scores: usize, count: u32, wanted: u32, live: usize, mask: usize, buckets: usize,
): u32 {
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
  const scale4 = f32x4.splat(highest > lowest ? f32(bucketCount) / (highest - lowest) : 0);
  low4 = f32x4.splat(lowest);
  memory.fill(buckets, 0, (<usize>bucketCount) << 2);
  // Each score gives way to its bucket.
  for (let at: usize = 0; at < end; at += 16) v128.store(scores + at, buckets4(v128.load(scores + at), low4, scale4));
  for (let at: usize = 0; at < end; at += 4) {
    const bucket = buckets + ((<usize>load<u32>(scores + at)) << 2);
    store<u32>(bucket, load<u32>(bucket) + u32(load<u32>(live + at) != 0));
  }
  let taken: u32 = 0;
  let least = bucketCount;
  while (least > 0 && taken < wanted) taken += load<u32>(buckets + ((<usize>--least) << 2));
  const least4 = i32x4.splat(least);
  for (let at: usize = 0; at < whole; at += 16) {
    v128.store(mask + at, v128.and(i32x4.ge_u(v128.load(scores + at), least4), v128.load(live + at)));
  }
  for (let at = whole; at < end; at += 4) {
    store<u32>(mask + at, load<u32>(scores + at) >= least ? load<u32>(live + at) : 0);
  }
  return taken;
}
