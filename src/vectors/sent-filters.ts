// Filters on their way to the search thread: each is copied into shared memory once and has a number there, so that a search with
// a filter that is known carries next to nothing.

import type { RowBitmap } from "./row-bitmap.js";
import type { SentFilter } from "./search-scopes.js";

export class SentFilters {
  readonly #sent = new WeakMap<RowBitmap, { changes: number; filter: SentFilter }>();
  #nextId = 1;

  /** The filter as it is now: what is done to `bitmap` later has no effect on it. */
  of(bitmap: RowBitmap): SentFilter {
    const { changes } = bitmap;
    const known = this.#sent.get(bitmap);
    if (known?.changes === changes) return known.filter;
    const words = new Uint32Array(new SharedArrayBuffer(bitmap.words.byteLength));
    words.set(bitmap.words);
    const filter = { words, id: this.#nextId++ };
    this.#sent.set(bitmap, { changes, filter });
    return filter;
  }
}
