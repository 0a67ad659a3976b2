// The words of a dictionary within a small edit distance of a given one.
//
// The distance counts insertions, deletions, replacements and swaps of neighbours, and edits no part twice (Damerau, "A
// technique for computer detection and correction of spelling errors", 1964; the restricted form). Words come in order, so
// the rows of the table that stand for what a word shares with the one before stay as they are: a walk over the trie that
// the sorted dictionary is. Where every entry of a row is above the limit, nothing below that prefix can come back, and the
// walk goes on behind it (Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 5.1; the band
// of 2 k + 1 entries is Ukkonen's, 1985).
//
//   D[i][j] = min(D[i-1][j] + 1, D[i][j-1] + 1, D[i-1][j-1] + (a_i != b_j), D[i-2][j-2] + 1 where a_i a_{i-1} = b_{j-1} b_j)
//
// A swap cannot get past a row that is all above the limit k either: D[i][j] <= k by a swap over row i-1 needs
// D[i-2][j-2] < k, and then D[i-1][j-2] <= k.

import { type Dictionary, DictionaryCursor } from "./dictionary.js";

export type SimilarString = { index: number; string: string; distance: number };

// Behind so many words in a row a look-up is cheaper than walking on.
const WALKED = 32;

/** All strings of the dictionary at most `limit` edits away from `word`, in its order. */
export function* similarStrings(dictionary: Dictionary, word: string, limit: number): Generator<SimilarString> {
  const table = new EditTable(word, limit);
  let cursor = new DictionaryCursor(dictionary);
  let more = cursor.next();
  while (more) {
    const dead = table.take(cursor.bytes, cursor.length);
    if (dead === 0) {
      const distance = table.distance;
      if (distance <= limit) yield { index: cursor.index, string: cursor.string(), distance };
      more = cursor.next();
      continue;
    }
    const prefix = cursor.bytes.slice(0, dead);
    let walked = 0;
    do more = cursor.next();
    while (more && startsWith(cursor.bytes, cursor.length, prefix) && ++walked < WALKED);
    if (!more || walked < WALKED) continue;
    // Bytes of UTF-8 are below 0xf8.
    prefix[dead - 1]!++;
    cursor = dictionary.seek(prefix);
    more = cursor.index < dictionary.count;
  }
}

function startsWith(bytes: Uint8Array, length: number, prefix: Uint8Array): boolean {
  if (length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}

class EditTable {
  readonly #word: Uint32Array;
  readonly #limit: number;
  readonly #width: number;
  /** Row i, of `width` entries, is for the first i code points of the current string. */
  #rows: Uint8Array;
  #points = new Uint32Array(64);
  /** Bytes of the first i code points. */
  #ends = new Uint32Array(65);
  #bytes = new Uint8Array(256);
  #depth = 0;

  constructor(word: string, limit: number) {
    this.#word = Uint32Array.from(word, (character) => character.codePointAt(0)!);
    this.#limit = limit;
    this.#width = this.#word.length + 1;
    this.#rows = new Uint8Array(this.#width * 66);
    for (let j = 0; j < this.#width; j++) this.#rows[j] = Math.min(j, limit + 1);
  }

  /** Distance of the string that was taken last, cut off above the limit. */
  get distance(): number {
    return this.#rows[(this.#depth + 1) * this.#width - 1]!;
  }

  /**
   * Takes the next string. Returns 0, or the length in bytes of the shortest prefix of it that no string within the limit
   * begins with.
   */
  take(bytes: Uint8Array, length: number): number {
    let depth = this.#sharedPoints(bytes, length);
    let at = this.#ends[depth]!;
    while (at < length) {
      this.#reserve(depth + 1, length);
      const [point, end] = codePointAt(bytes, at);
      this.#points[depth] = point;
      for (; at < end; at++) this.#bytes[at] = bytes[at]!;
      this.#ends[++depth] = end;
      this.#depth = depth;
      if (!this.#fill(depth)) return end;
    }
    this.#depth = depth;
    return 0;
  }

  #sharedPoints(bytes: Uint8Array, length: number): number {
    const known = Math.min(this.#ends[this.#depth]!, length);
    let shared = 0;
    while (shared < known && bytes[shared] === this.#bytes[shared]) shared++;
    let depth = this.#depth;
    while (this.#ends[depth]! > shared) depth--;
    return depth;
  }

  /** Computes row i from those above; false where every entry is above the limit. */
  #fill(i: number): boolean {
    const rows = this.#rows;
    const width = this.#width;
    const limit = this.#limit;
    const word = this.#word;
    const above = limit + 1;
    const row = i * width;
    const a = this.#points[i - 1]!;
    const before = i > 1 ? this.#points[i - 2]! : -1;
    const low = Math.max(1, i - limit);
    const high = Math.min(width - 1, i + limit);
    rows.fill(above, row, row + width);
    rows[row] = Math.min(i, above);
    let least = rows[row]!;
    for (let j = low; j <= high; j++) {
      const b = word[j - 1]!;
      let distance = rows[row - width + j - 1]! + (a === b ? 0 : 1);
      distance = Math.min(distance, rows[row - width + j]! + 1, rows[row + j - 1]! + 1);
      if (j > 1 && a === word[j - 2] && before === b) distance = Math.min(distance, rows[row - 2 * width + j - 2]! + 1);
      rows[row + j] = Math.min(distance, above);
      if (distance < least) least = distance;
    }
    return least <= limit;
  }

  #reserve(depth: number, bytes: number): void {
    if (depth >= this.#points.length) {
      const points = new Uint32Array(depth * 2);
      const ends = new Uint32Array(depth * 2 + 1);
      const rows = new Uint8Array(this.#width * (depth * 2 + 2));
      points.set(this.#points);
      ends.set(this.#ends);
      rows.set(this.#rows);
      this.#points = points;
      this.#ends = ends;
      this.#rows = rows;
    }
    if (bytes > this.#bytes.length) {
      const grown = new Uint8Array(bytes * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
  }
}

function codePointAt(bytes: Uint8Array, at: number): [point: number, end: number] {
  const first = bytes[at]!;
  if (first < 0x80) return [first, at + 1];
  const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  let point = first & (0x3f >> more);
  for (let i = 1; i <= more; i++) point = (point << 6) | (bytes[at + i]! & 0x3f);
  return [point, at + more + 1];
}
