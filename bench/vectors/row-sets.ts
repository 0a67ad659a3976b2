// Which rows a filter allows and which are deleted: fixed by the row number alone, so that every process agrees.

/** Every row carries a part, 0 to partCount - 1; a filter of share s allows the parts below s * partCount. */
export const partCount = 10_000;

/** Share of the rows that is deleted in the last phase. */
export const deletedShare = 0.3;

export const filterShares = [0.001, 0.01, 0.1, 0.5, 1] as const;

/** Independent of the row's place and of its vector. */
export function partOf(row: number): number {
  return scramble(row) % partCount;
}

/** Parts that a filter of this share allows are those below it. */
export function partLimit(share: number): number {
  return Math.round(share * partCount);
}

/** Independent of the row's part. */
export function isDeleted(row: number): boolean {
  return scramble(row ^ 0x5bd1e995) < deletedShare * 2 ** 32;
}

// The finaliser of MurmurHash3 (Appleby): a bijection of 32-bit numbers in which every bit depends on every other.
function scramble(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
