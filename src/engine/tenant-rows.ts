// Which rows belong to which tenant, told by the documents that they are of. A library without tenants has an empty table, and nothing
// is worked out.

import { RowBitmap } from "../vectors/index.js";
import type { RowTable } from "./row-table.js";

export class TenantRows {
  readonly #rows: RowTable;
  readonly #tenantOf = new Map<number, string>();
  readonly #keysOf = new Map<string, Set<number>>();
  readonly #bitmaps = new Map<string, RowBitmap>();
  /** Live rows of each tenant. */
  readonly #sizes = new Map<string, number>();

  constructor(rows: RowTable) {
    this.#rows = rows;
  }

  get isEmpty(): boolean {
    return this.#tenantOf.size === 0;
  }

  /** Live rows of each tenant that has any. */
  get sizes(): ReadonlyMap<string, number> {
    return this.#sizes;
  }

  /** To be told before rows of the document are. */
  note(tenant: string, documentKey: number): void {
    this.#tenantOf.set(documentKey, tenant);
    const keys = this.#keysOf.get(tenant);
    if (keys) keys.add(documentKey);
    else this.#keysOf.set(tenant, new Set([documentKey]));
  }

  forget(tenant: string): void {
    for (const key of this.#keysOf.get(tenant) ?? []) this.#tenantOf.delete(key);
    this.#keysOf.delete(tenant);
    this.#sizes.delete(tenant);
  }

  /** Whose a document is; '' for nobody's. */
  ofDocument(documentKey: number): string {
    return this.#tenantOf.get(documentKey) ?? "";
  }

  /** Rows of these documents have come. */
  added(documentKeys: Uint32Array): void {
    this.#count(documentKeys, 1);
  }

  /** Rows are about to go. */
  removed(rows: Uint32Array): void {
    if (!this.isEmpty)
      this.#count(
        rows.map((row) => this.#rows.documentOf(row)),
        -1,
      );
  }

  #count(documentKeys: Uint32Array, step: number): void {
    if (this.isEmpty) return;
    for (const key of documentKeys) {
      const tenant = this.#tenantOf.get(key);
      if (tenant !== undefined) this.#sizes.set(tenant, (this.#sizes.get(tenant) ?? 0) + step);
    }
  }

  /** Rows have come or gone. */
  changed(): void {
    this.#bitmaps.clear();
  }

  /** The live rows of a tenant, of nobody for ''. The same bitmap until something changes. */
  rowsOf(tenant: string): RowBitmap {
    let bitmap = this.#bitmaps.get(tenant);
    if (!bitmap) {
      bitmap = tenant === "" ? this.#rowsOfNobody() : this.#rows.rowsOf(this.#keys(tenant));
      this.#bitmaps.set(tenant, bitmap);
    }
    return bitmap;
  }

  #keys(tenant: string): Uint32Array {
    return Uint32Array.from(this.#keysOf.get(tenant) ?? []).sort();
  }

  #rowsOfNobody(): RowBitmap {
    const bitmap = new RowBitmap(this.#rows.end);
    for (let row = 0; row < this.#rows.end; row++) {
      const key = this.#rows.documentOf(row);
      if (key !== 0 && !this.#tenantOf.has(key)) bitmap.add(row);
    }
    return bitmap;
  }
}
