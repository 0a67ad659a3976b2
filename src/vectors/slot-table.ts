// Which slot of the matrix each row lies in. Row numbers are the caller's: they may grow for ever and have any gaps. Slots are
// dense and used again, so that a library whose documents change daily takes no more memory than its live rows.

const rowsPerPage = 4096;

/** `slots[i]` is the slot of row i of the page plus one; 0: none. */
type Page = { slots: Uint32Array; used: number };

export class SlotTable {
  readonly #pages = new Map<number, Page>();
  #size = 0;

  /** Rows that have a slot. */
  get size(): number {
    return this.#size;
  }

  /** The slot of `row`, or -1. */
  slotOf(row: number): number {
    const page = this.#pages.get(Math.floor(row / rowsPerPage));
    return page ? page.slots[row % rowsPerPage]! - 1 : -1;
  }

  /** Binds `row` to `slot`; returns the slot it had before, or -1. */
  bind(row: number, slot: number): number {
    const number = Math.floor(row / rowsPerPage);
    let page = this.#pages.get(number);
    if (!page) {
      page = { slots: new Uint32Array(rowsPerPage), used: 0 };
      this.#pages.set(number, page);
    }
    const before = page.slots[row % rowsPerPage]! - 1;
    page.slots[row % rowsPerPage] = slot + 1;
    if (before < 0) {
      page.used++;
      this.#size++;
    }
    return before;
  }

  /** Takes the slot from `row`; returns it, or -1. */
  unbind(row: number): number {
    const number = Math.floor(row / rowsPerPage);
    const page = this.#pages.get(number);
    const before = page ? page.slots[row % rowsPerPage]! - 1 : -1;
    if (!page || before < 0) return -1;
    page.slots[row % rowsPerPage] = 0;
    page.used--;
    this.#size--;
    if (page.used === 0) this.#pages.delete(number);
    return before;
  }

  /** All rows that have a slot, ascending. */
  rows(): Uint32Array {
    const rows = new Uint32Array(this.#size);
    let at = 0;
    for (const number of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const { slots } = this.#pages.get(number)!;
      for (let i = 0; i < rowsPerPage; i++) if (slots[i] !== 0) rows[at++] = number * rowsPerPage + i;
    }
    return rows;
  }
}
