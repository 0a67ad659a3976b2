// From rows to slots: which slots of a chunk hold a live row that a filter allows.

@inline
function isRun(numbers: usize, first: u32): bool {
  let expected = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  let same = i32x4.eq(v128.load(numbers), expected);
  for (let i: usize = 16; i < 128; i += 16) {
    expected = i32x4.add(expected, i32x4.splat(4));
    same = v128.and(same, i32x4.eq(v128.load(numbers + i), expected));
  }
  return i32x4.all_true(same);
}

/**
 * For each of `words` words of `live` (32 slots each, their row numbers at `numbers`) writes to `allowed` the slots that are live
 * and whose row's bit is set in `filter`, which has `filterWords` words; rows beyond it are not allowed.
 */
export function allowedSlots(
  numbers: usize, live: usize, words: u32, filter: usize, filterWords: u32, allowed: usize,
): void {
  for (let word: u32 = 0; word < words; word++, numbers += 128) {
    const at = (<usize>word) << 2;
    let bits = load<u32>(live + at);
    if (bits != 0) {
      const first = load<u32>(numbers);
      const place = first >> 5;
      // Rows added in one go lie in order: their 32 bits are cut out of the filter in one piece.
      if (place + 1 < filterWords && isRun(numbers, first)) {
        const pair = load<u64>(filter + ((<usize>place) << 2));
        bits &= <u32>(pair >> (first & 31));
      } else {
        for (let rest = bits; rest != 0; rest &= rest - 1) {
          const slot: u32 = ctz(rest);
          const row = load<u32>(numbers + ((<usize>slot) << 2));
          const inFilter = row >> 5 < filterWords && (load<u32>(filter + ((<usize>(row >> 5)) << 2)) >> (row & 31)) & 1;
          if (!inFilter) bits &= ~(<u32>1 << slot);
        }
      }
    }
    store<u32>(allowed + at, bits);
  }
}
