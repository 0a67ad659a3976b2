// One round of a random rotation: v <- H (signs * v), H the Walsh-Hadamard matrix in its natural order, log2(n) passes of n / 2
// butterflies (a, b) -> (a + b, a - b) at distance 1, 2, 4, ... n / 2. Several passes are taken in one, in registers: each sum is
// the twin's own (../quantize-reference.ts), only earlier. Bound by additions and by loads from the nearest cache.

const minus: i32 = 0x80000000;

/** Distances 1 and 2, within one register: [a, b, c, d] -> [a + b, a - b, c + d, c - d] -> the sums and differences of those. */
@inline
function within(x: v128): v128 {
  const pairs = f32x4.add(
    v128.shuffle<f32>(x, x, 0, 0, 2, 2),
    v128.xor(v128.shuffle<f32>(x, x, 1, 1, 3, 3), i32x4(0, minus, 0, minus)),
  );
  return f32x4.add(
    v128.shuffle<f32>(pairs, pairs, 0, 1, 0, 1),
    v128.xor(v128.shuffle<f32>(pairs, pairs, 2, 3, 2, 3), i32x4(0, 0, minus, minus)),
  );
}

@inline
function signed(vector: usize, signs: usize): v128 {
  return within(f32x4.mul(v128.load(vector), v128.load(signs)));
}

/** Distances `step` and 2 `step` (bytes) of the four registers at `at`. */
@inline
function butterflies4(at: usize, step: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = f32x4.add(a, b), amb = f32x4.sub(a, b);
  const cd = f32x4.add(c, d), cmd = f32x4.sub(c, d);
  v128.store(at, f32x4.add(ab, cd));
  v128.store(at + step, f32x4.add(amb, cmd));
  v128.store(at + (step << 1), f32x4.sub(ab, cd));
  v128.store(at + 3 * step, f32x4.sub(amb, cmd));
}

/** Transforms the `size` floats at `vector`, a power of two and at least 16, in place; as many at `signs` come first. */
export function transform(vector: usize, signs: usize, size: u32): void {
  const end = vector + ((<usize>size) << 2);
  for (let at = vector; at < end; at += 64, signs += 64) {
    const a = signed(at, signs), b = signed(at + 16, signs + 16);
    const c = signed(at + 32, signs + 32), d = signed(at + 48, signs + 48);
    butterflies4(at, 16, a, b, c, d);
  }
  const bytes = end - vector;
  let half: usize = 64;
  for (; half << 1 < bytes; half <<= 2) {
    for (let start = vector; start < end; start += half << 2) {
      for (let at = start; at < start + half; at += 16) {
        const second = at + half, third = second + half;
        butterflies4(at, half, v128.load(at), v128.load(second), v128.load(third), v128.load(third + half));
      }
    }
  }
  if (half == bytes) return;
  for (let at = vector; at < vector + half; at += 16) {
    const a = v128.load(at), b = v128.load(at + half);
    v128.store(at, f32x4.add(a, b));
    v128.store(at + half, f32x4.sub(a, b));
  }
}
