// What was searched for before, for suggestions: in memory only, each tenant's apart.

import { LRUCache } from "lru-cache";

const REMEMBERED_TENANTS = 200;
const REMEMBERED_QUERIES = 1000;
const LONGEST_QUERY = 200;

type Asked = { text: string; times: number };

/** What was searched for, the last thousand queries of each tenant that found something. */
export class PastQueries {
  readonly #tenants = new LRUCache<string, LRUCache<string, Asked>>({ max: REMEMBERED_TENANTS });

  note(tenant: string, query: string): void {
    const text = query.trim().replace(/\s+/g, " ");
    if (text === "" || text.length > LONGEST_QUERY) return;
    const queries = this.#tenants.get(tenant) ?? new LRUCache<string, Asked>({ max: REMEMBERED_QUERIES });
    this.#tenants.set(tenant, queries);
    const key = text.toLowerCase();
    queries.set(key, { text, times: (queries.get(key)?.times ?? 0) + 1 });
  }

  /** Those that begin with `prefix` and are longer, most frequent first, of equal ones the latest. */
  beginning(tenant: string, prefix: string, limit: number): string[] {
    const folded = prefix.toLowerCase();
    // An LRU cache lists its entries from the latest on.
    return [...(this.#tenants.get(tenant)?.entries() ?? [])]
      .filter(([key]) => key.startsWith(folded) && key !== folded)
      .map(([, asked]) => asked)
      .sort((a, b) => b.times - a.times)
      .slice(0, limit)
      .map(({ text }) => text);
  }

  forget(tenant: string): void {
    this.#tenants.delete(tenant);
  }
}
