// What a query that is being typed may become: one that was asked before, a title, or its last word completed from the library's own.

import { z } from "zod";
import { parseInput } from "../input/parse-input.js";
import type { StoreReader } from "../store/index.js";
import type { Arm } from "./arm.js";
import type { PastQueries } from "./past-queries.js";

export const suggestQuerySchema = z.strictObject({
  /** What has been typed so far. White space at its beginning does not count. */
  query: z.string().max(1000),
  /** Suggestions to return. */
  limit: z.int().min(1).max(50).default(10),
});

export type SuggestQuery = z.input<typeof suggestQuerySchema>;

/** `text`: the query as it may go on. "query": found something before. "title": of a document that is there now. "word": of its texts. */
export type Suggestion = { text: string; kind: "query" | "title" | "word" };

// What the analyser takes for the word at the end; after a space or a full stop none is being typed.
const LAST_WORD = /[\p{L}\p{N}\p{M}\p{Co}]+$/u;

/**
 * The best first, from what a tenant may know: earlier queries, at most half of all where there is more, then titles, then words.
 * Nothing for nothing typed. Throws INVALID_INPUT or UNKNOWN_FIELD.
 */
export async function suggest(
  { arm, reader, past }: { arm: Arm; reader: StoreReader; past: PastQueries },
  tenant: string,
  query: SuggestQuery,
): Promise<Suggestion[]> {
  const { query: given, limit } = parseInput(suggestQuerySchema, query, "The query");
  const typed = given.trimStart();
  if (typed === "") return [];
  const [titles, words] = await Promise.all([
    reader.call("titles", { tenant, prefix: typed, limit }),
    completed(arm, tenant, typed, limit),
  ]);
  const others = titles.length + words.length;
  const queries = past.beginning(tenant, typed, Math.max(Math.ceil(limit / 2), limit - others));
  const all = [
    ...queries.map((text): Suggestion => ({ text, kind: "query" })),
    ...titles.map((text): Suggestion => ({ text, kind: "title" })),
    ...words.map((text): Suggestion => ({ text, kind: "word" })),
  ];
  const firstOf = new Map(all.toReversed().map((suggestion) => [suggestion.text.toLowerCase(), suggestion]));
  return all.filter((suggestion) => firstOf.get(suggestion.text.toLowerCase()) === suggestion).slice(0, limit);
}

async function completed(arm: Arm, tenant: string, typed: string, limit: number): Promise<string[]> {
  const prefix = LAST_WORD.exec(typed)?.[0];
  if (prefix === undefined) return [];
  const scope = arm.index.scopeOf(tenant)?.words;
  // One more, for the word itself is no news.
  const words = await arm.lexical.call("suggest", { prefix, limit: limit + 1, scope });
  const before = typed.slice(0, -prefix.length);
  return words
    .filter((word) => word !== prefix.toLowerCase())
    .slice(0, limit)
    .map((word) => before + word);
}
