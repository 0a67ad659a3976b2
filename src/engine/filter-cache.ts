// Filters as row bitmaps, kept until the library changes.

import { LRUCache } from "lru-cache";
import type { FilterNode } from "../filters/index.js";
import type { StoreReader } from "../store/index.js";
import type { RowBitmap } from "../vectors/index.js";
import type { LiveIndex } from "./live-index.js";

const REMEMBERED_FILTERS = 200;

export class FilterCache {
  readonly #bitmaps = new LRUCache<string, Promise<RowBitmap>>({ max: REMEMBERED_FILTERS });
  #changes = -1;

  constructor(
    readonly reader: StoreReader,
    readonly index: LiveIndex,
  ) {}

  /** The live rows whose documents meet the filter. */
  rows(filter: FilterNode): Promise<RowBitmap> {
    if (this.#changes !== this.index.changes) {
      this.#bitmaps.clear();
      this.#changes = this.index.changes;
    }
    const key = JSON.stringify(filter);
    let bitmap = this.#bitmaps.get(key);
    if (!bitmap) {
      bitmap = this.reader.call("matching", { filter }).then((keys) => this.index.rowsOf(keys));
      bitmap.catch(() => this.#bitmaps.delete(key));
      this.#bitmaps.set(key, bitmap);
    }
    return bitmap;
  }
}
