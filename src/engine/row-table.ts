// Which document each row belongs to. Rows are given out in ascending order and never again, so this is one array that
// grows at its end.

import { RowBitmap } from "../vectors/index.js";

export class RowTable {
  #documentKeys = new Uint32Array(1024);
  #end = 0;

  /** Notes that `rows` (ascending) belong to the documents in `keys`. */
  add(rows: Uint32Array, keys: Uint32Array): void {
    if (rows.length === 0) return;
    const end = rows[rows.length - 1]! + 1;
    if (end > this.#documentKeys.length) {
      const grown = new Uint32Array(Math.max(end, this.#documentKeys.length * 2));
      grown.set(this.#documentKeys);
      this.#documentKeys = grown;
    }
    rows.forEach((row, i) => {
      this.#documentKeys[row] = keys[i]!;
    });
    this.#end = Math.max(this.#end, end);
  }

  /** Forgets rows; document keys begin at 1, so that 0 is "none". */
  remove(rows: Uint32Array): void {
    for (const row of rows) if (row < this.#end) this.#documentKeys[row] = 0;
  }

  /** Rows that are alive here and not in `live` (ascending). */
  notAmong(live: Uint32Array): Uint32Array {
    const others: number[] = [];
    let next = 0;
    for (let row = 0; row < this.#end; row++) {
      if (this.#documentKeys[row] === 0) continue;
      while (next < live.length && live[next]! < row) next++;
      if (live[next] !== row) others.push(row);
    }
    return Uint32Array.from(others);
  }

  /** The key of a row's document; 0 for a row that is not alive. */
  documentOf(row: number): number {
    return row < this.#end ? this.#documentKeys[row]! : 0;
  }

  /** One past the highest row that was ever added. */
  get end(): number {
    return this.#end;
  }

  /** The live rows of the documents in `keys` (ascending). */
  rowsOf(keys: Uint32Array): RowBitmap {
    const words = new Uint32Array(Math.ceil(this.#end / 32));
    if (keys.length === 0) return RowBitmap.fromWords(words);
    const wanted = new Uint8Array(keys[keys.length - 1]! + 1);
    for (const key of keys) wanted[key] = 1;
    for (let word = 0; word < words.length; word++) {
      const first = word * 32;
      let bits = 0;
      for (let i = Math.min(31, this.#end - 1 - first); i >= 0; i--) {
        // Beyond its end the array gives undefined: a document that is newer than all in `keys`.
        bits = (bits << 1) | (wanted[this.#documentKeys[first + i]!] ?? 0);
      }
      words[word] = bits;
    }
    return RowBitmap.fromWords(words);
  }
}
