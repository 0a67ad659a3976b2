// Integers of one width, one after the other, in 32-bit words. Reading loads two neighbouring words and does not branch, so
// that one word of padding has to follow the last.

/** Bits that the largest of the numbers needs; 0 where all are 0. */
export function bitsFor(numbers: Int32Array, count: number): number {
  let all = 0;
  for (let i = 0; i < count; i++) all |= numbers[i]!;
  return 32 - Math.clz32(all);
}

/** Words that `count` numbers of `bits` bits take. */
export function packedWords(count: number, bits: number): number {
  return (count * bits + 31) >>> 5;
}

/** Writes numbers of at most 31 bits to words that are 0. */
export function pack(numbers: Int32Array, count: number, bits: number, words: Int32Array, start: number): void {
  let bit = 0;
  for (let i = 0; i < count; i++) {
    const word = start + (bit >>> 5);
    const shift = bit & 31;
    words[word]! |= numbers[i]! << shift;
    if (shift + bits > 32) words[word + 1]! |= numbers[i]! >>> (32 - shift);
    bit += bits;
  }
}

/** The number at `index`. */
export function unpackOne(words: Int32Array, start: number, bits: number, index: number): number {
  const bit = index * bits;
  const word = start + (bit >>> 5);
  const shift = bit & 31;
  return ((words[word]! >>> shift) | ((words[word + 1]! << 1) << (31 - shift))) & ((1 << bits) - 1);
}

/** Reads numbers and adds `plus` to each. */
export function unpack(
  words: Int32Array,
  start: number,
  bits: number,
  count: number,
  plus: number,
  target: Int32Array,
): void {
  if (bits === 0) {
    target.fill(plus, 0, count);
    return;
  }
  const mask = (1 << bits) - 1;
  let bit = 0;
  for (let i = 0; i < count; i++) {
    const word = start + (bit >>> 5);
    const shift = bit & 31;
    target[i] = (((words[word]! >>> shift) | ((words[word + 1]! << 1) << (31 - shift))) & mask) + plus;
    bit += bits;
  }
}

/** Reads gaps less one and sums them up: ascending numbers, the first of which comes after `before`. */
export function unpackAscending(
  words: Int32Array,
  start: number,
  bits: number,
  count: number,
  before: number,
  target: Int32Array,
): void {
  const mask = (1 << bits) - 1;
  let bit = 0;
  let last = before;
  for (let i = 0; i < count; i++) {
    const word = start + (bit >>> 5);
    const shift = bit & 31;
    last += (((words[word]! >>> shift) | ((words[word + 1]! << 1) << (31 - shift))) & mask) + 1;
    target[i] = last;
    bit += bits;
  }
}
