// What a search may look at: all live rows, or those that a filter allows. Worked out once and kept until something changes, for a
// filter is asked for again and again, and turning rows into places takes longer than most searches.

import type { CodeStore } from "./code-store.js";
import type { UsableSlots } from "./graph-search.js";
import type { Kernels } from "./kernels/kernels.js";
import { RowBitmap } from "./row-bitmap.js";
import { RowFilter } from "./row-filter.js";
import type { VectorStore } from "./vector-store.js";

/** Live slots that a search may look at, and positions of their codes where there are codes. */
export type Scope = {
  /** Whether a filter leaves rows out. */
  filtered: boolean;
  slots: RowBitmap;
  /** The same one by one, where they are so few that looking for them takes longer than scoring them. */
  few?: Uint32Array;
  rows: number;
  coded?: {
    positions: RowBitmap;
    rows: number;
    /** Rows of the blocks that have one of them. */
    scannedRows: number;
    lists?: { count: number; looseRows: number };
  };
  /** Those in the graph, where there is one. */
  usable: UsableSlots | undefined;
};

/** Words of a filter's bitmap. The same `id` always comes with the same words; without one they are not remembered. */
export type SentFilter = { words: Uint32Array; id?: number | undefined };

/** Of a million rows 1000 took 0.12 ms as a list and 0.24 ms as a bitmap, 10,000 as long either way. */
const fewShare = 1 / 100;
/** A million rows take up to 0.4 MB of a scope. */
const rememberedFilters = 16;

export class SearchScopes {
  readonly #store: VectorStore;
  readonly #filter: RowFilter;
  readonly #usableOf: (slots: RowBitmap) => UsableSlots | undefined;
  #everything: Scope | undefined;
  /** Used last at the end. */
  readonly #filtered = new Map<number, Scope>();

  constructor(store: VectorStore, kernels: Kernels, usableOf: (slots: RowBitmap) => UsableSlots | undefined) {
    this.#store = store;
    this.#filter = new RowFilter(store.memory, kernels);
    this.#usableOf = usableOf;
  }

  /** To be called after every change of rows, codes or graph. */
  forget(): void {
    this.#everything = undefined;
    this.#filtered.clear();
  }

  of(filter: SentFilter | undefined, codes: CodeStore | undefined): Scope {
    if (!filter) {
      this.#everything ??= this.#scope(undefined, codes);
      return this.#everything;
    }
    const { id } = filter;
    if (id === undefined) return this.#scope(filter, codes);
    const scope = this.#filtered.get(id) ?? this.#scope(filter, codes);
    this.#filtered.delete(id);
    this.#filtered.set(id, scope);
    const [oldest] = this.#filtered.keys();
    if (this.#filtered.size > rememberedFilters && oldest !== undefined) this.#filtered.delete(oldest);
    return scope;
  }

  #scope(filter: SentFilter | undefined, codes: CodeStore | undefined): Scope {
    const allowed = filter && RowBitmap.fromWords(filter.words);
    const slots = allowed ? this.#filter.placesOf(allowed, this.#store) : this.#store.live;
    const rows = slots.count();
    const scope: Scope = { filtered: rows < this.#store.rowCount, slots, rows, usable: this.#usableOf(slots) };
    if (rows < this.#store.rowCount * fewShare) scope.few = slots.toRows();
    if (codes) {
      const positions = allowed ? this.#filter.placesOf(allowed, codes) : codes.live;
      const scannedRows = positions.countBlocks() * 32;
      scope.coded = { positions, rows: positions.count(), scannedRows };
      if (codes.lists) {
        const { count } = codes.lists;
        scope.coded.lists = { count, looseRows: Math.max(0, codes.end - count * 32) };
      }
    }
    return scope;
  }
}
