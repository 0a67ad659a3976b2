// The words of a dictionary within a small edit distance of a given one.
//
// The distance counts insertions, deletions, replacements and swaps of neighbours, and edits no part twice (Damerau, "A
// technique for computer detection and correction of spelling errors", 1964; the restricted form). Words come in order, so
// the automaton's states for what a word shares with the one before stay as they are: a walk over the trie that the sorted
// dictionary is, which leaves every branch in which no state is alive (Boytsov, "Indexing methods for approximate
// dictionary searching", 2011, section 5.1).
//
// The automaton runs bit-parallel (Wu & Manber, "Fast text searching allowing errors", 1992). Bit j of R_d: what was read
// is within d edits of the first j characters of the word. b[c]: where the word has c. After reading c:
//
//   R'_d = (R_d & b[c]) << 1  |  R_{d-1}  |  R_{d-1} << 1  |  R'_{d-1} << 1  |  ((P_{d-1} & b[c]) << 1 & b[p]) << 1
//          same                  inserted    replaced         deleted           swapped; P: R before p, which came before c

import { type Dictionary, DictionaryCursor } from "./dictionary.js";

export type SimilarString = { index: number; string: string; distance: number };

/** Longer words have no similar ones: a bit for each character and one more fit into 31. */
const MAX_LENGTH = 30;

/** All strings of the dictionary at most `limit` edits away from `word`, 1 or 2, in its order. */
export function* similarStrings(dictionary: Dictionary, word: string, limit: 1 | 2): Generator<SimilarString> {
  if (word.length > MAX_LENGTH) return;
  const automaton = new EditAutomaton(word, limit);
  const cursor = new DictionaryCursor(dictionary);
  for (let more = cursor.next(); more; ) {
    const dead = automaton.take(cursor.bytes, cursor.length);
    if (dead > 0) {
      more = cursor.leave(dead);
      continue;
    }
    const distance = automaton.distance;
    if (distance <= limit) yield { index: cursor.index, string: cursor.string(), distance };
    more = cursor.next();
  }
}

// R_0, R_1, R_2, the bytes read until then, and b[c] of the last character.
const STATE = 5;
const END = 3;
const LAST = 4;

class EditAutomaton {
  readonly #limit: number;
  /** The bit of the whole word. */
  readonly #goal: number;
  readonly #mask: number;
  readonly #ascii = new Int32Array(128);
  readonly #others = new Map<number, number>();
  /** One after each character of the current string. */
  #states: Int32Array;
  #depth = 0;
  #bytes = new Uint8Array(64);

  constructor(word: string, limit: 1 | 2) {
    const points = Array.from(word, (character) => character.codePointAt(0)!);
    this.#limit = limit;
    this.#goal = 1 << points.length;
    this.#mask = this.#goal * 2 - 1;
    points.forEach((point, j) => {
      if (point < 128) this.#ascii[point]! |= 1 << j;
      else this.#others.set(point, this.#placesOf(point) | (1 << j));
    });
    this.#states = new Int32Array(STATE * 65);
    this.#states.set([1, 3, limit === 2 ? 7 : 0, 0, 0].map((bits) => bits & this.#mask));
  }

  /** Edits between the word and the string that was taken last; more than the limit where it is more. */
  get distance(): number {
    const state = this.#depth * STATE;
    for (let d = 0; d <= this.#limit; d++) if ((this.#states[state + d]! & this.#goal) !== 0) return d;
    return this.#limit + 1;
  }

  /**
   * Takes the next string. Returns 0, or the length in bytes of its shortest prefix that begins no string within the limit.
   */
  take(bytes: Uint8Array, length: number): number {
    this.#reserve(length);
    const states = this.#states;
    const own = this.#bytes;
    const known = Math.min(states[this.#depth * STATE + END]!, length);
    let at = 0;
    while (at < known && bytes[at] === own[at]) at++;
    while (states[this.#depth * STATE + END]! > at) this.#depth--;
    at = states[this.#depth * STATE + END]!;
    while (at < length) {
      const start = at;
      let point = bytes[at++]!;
      if (point >= 0x80) {
        // The first byte of a character says by its leading ones how many it has.
        const more = point < 0xe0 ? 1 : point < 0xf0 ? 2 : 3;
        point &= 0x3f >> more;
        for (const end = at + more; at < end; at++) point = (point << 6) | (bytes[at]! & 0x3f);
      }
      for (let i = start; i < at; i++) own[i] = bytes[i]!;
      if (!this.#read(this.#placesOf(point), at)) return at;
    }
    return 0;
  }

  #placesOf(point: number): number {
    return point < 128 ? this.#ascii[point]! : (this.#others.get(point) ?? 0);
  }

  /** Goes on by a character; false where nothing is alive any more. */
  #read(places: number, end: number): boolean {
    const states = this.#states;
    const from = this.#depth * STATE;
    const to = ++this.#depth * STATE;
    const last = states[from + LAST]!;
    const mask = this.#mask;
    // Before the first character nothing was read: there `last` is 0, and nothing is swapped.
    const before = Math.max(0, from - STATE);
    const r0 = states[from]!;
    const r1 = states[from + 1]!;
    const next0 = ((r0 & places) << 1) & mask;
    const swapped1 = (((states[before]! & places) << 1) & last) << 1;
    const next1 = (((r1 & places) << 1) | r0 | (r0 << 1) | (next0 << 1) | swapped1) & mask;
    states[to] = next0;
    states[to + 1] = next1;
    states[to + END] = end;
    states[to + LAST] = places;
    if (this.#limit === 1) return next1 !== 0;
    const swapped2 = (((states[before + 1]! & places) << 1) & last) << 1;
    const next2 = (((states[from + 2]! & places) << 1) | r1 | (r1 << 1) | (next1 << 1) | swapped2) & mask;
    states[to + 2] = next2;
    return next2 !== 0;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const bytes = new Uint8Array(length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    const states = new Int32Array(STATE * (length * 2 + 1));
    states.set(this.#states);
    this.#states = states;
  }
}
