// Suggestions while somebody types: what was searched for before, and titles. Past queries are in memory only, each tenant's apart.

import { LRUCache } from "lru-cache";
import { z } from "zod";
import { parseInput } from "../input/parse-input.js";
import type { StoreReader } from "../store/index.js";

export const suggestRequestSchema = z.strictObject({
  /** What has been typed. White space at its beginning does not count. */
  prefix: z.string().max(200),
  /** Suggestions at most. */
  limit: z.int().min(1).max(20).default(8),
});

export type SuggestRequest = z.input<typeof suggestRequestSchema>;

/** "query": found something before. "title": of a document that is there now. */
export type Suggestion = { text: string; kind: "query" | "title" };

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

/** Past queries first, at most half of all where there are titles enough; nothing for nothing typed. */
export async function suggest(
  { reader, past }: { reader: StoreReader; past: PastQueries },
  tenant: string,
  request: SuggestRequest,
): Promise<Suggestion[]> {
  const { prefix: typed, limit } = parseInput(suggestRequestSchema, request, "The request for suggestions");
  const prefix = typed.trimStart();
  if (prefix === "") return [];
  const titles = await reader.call("titles", { tenant, prefix, limit });
  const queries = past.beginning(tenant, prefix, Math.max(Math.ceil(limit / 2), limit - titles.length));
  const known = new Set(queries.map((query) => query.toLowerCase()));
  return [
    ...queries.map((text): Suggestion => ({ text, kind: "query" })),
    ...titles.filter((title) => !known.has(title.toLowerCase())).map((text): Suggestion => ({ text, kind: "title" })),
  ].slice(0, limit);
}
