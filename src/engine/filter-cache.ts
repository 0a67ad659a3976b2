// What a tenant's search may look at, as row bitmaps: all that is its own, or what of it meets a filter. Kept until the library changes.

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

  /** The live rows of the tenant whose documents meet the filter; undefined where that is all there are. */
  async rows(tenant: string, filter: FilterNode | undefined): Promise<RowBitmap | undefined> {
    if (filter === undefined) return this.index.scopeOf(tenant);
    if (this.#changes !== this.index.changes) {
      this.#bitmaps.clear();
      this.#changes = this.index.changes;
    }
    const key = JSON.stringify([tenant, filter]);
    let bitmap = this.#bitmaps.get(key);
    if (!bitmap) {
      bitmap = this.reader.call("matching", { tenant, filter }).then((keys) => this.index.rowsOf(keys));
      bitmap.catch(() => this.#bitmaps.delete(key));
      this.#bitmaps.set(key, bitmap);
    }
    return bitmap;
  }
}
