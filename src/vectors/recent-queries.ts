// The last different queries of an index, to measure with: what is searched for differs from what is stored.

export class RecentQueries {
  readonly #capacity: number;
  /** Oldest first. */
  readonly #queries = new Map<string, Float32Array>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#queries.size;
  }

  add(query: Float32Array): void {
    // Two queries with the same beginning are the same, as far as measuring goes.
    const key = query.subarray(0, 8).join();
    this.#queries.delete(key);
    this.#queries.set(key, query);
    const [oldest] = this.#queries.keys();
    if (this.#queries.size > this.#capacity && oldest !== undefined) this.#queries.delete(oldest);
  }

  /** Oldest first. */
  all(): Float32Array[] {
    return [...this.#queries.values()];
  }
}
