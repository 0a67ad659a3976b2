// What a query that is being typed may become: its last word, completed from the library's own.

import { z } from "zod";
import { parseInput } from "../input/parse-input.js";
import type { Arm } from "./arm.js";

export const suggestQuerySchema = z.strictObject({
  /** What has been typed so far. */
  query: z.string().max(1000),
  /** Suggestions to return. */
  limit: z.int().min(1).max(50).default(10),
});

export type SuggestQuery = z.input<typeof suggestQuerySchema>;

/** `text`: the query as it may go on. `kind`: where it comes from. */
export type Suggestion = { text: string; kind: "word" };

// What the analyser takes for the word at the end; after a space or a full stop none is being typed.
const LAST_WORD = /[\p{L}\p{N}\p{M}\p{Co}]+$/u;

/** The best first, from what a tenant may know. Throws INVALID_INPUT or UNKNOWN_FIELD. */
export async function suggest(arm: Arm, tenant: string, query: SuggestQuery): Promise<Suggestion[]> {
  const { query: typed, limit } = parseInput(suggestQuerySchema, query, "The query");
  const prefix = LAST_WORD.exec(typed)?.[0];
  if (prefix === undefined) return [];
  const scope = arm.index.scopeOf(tenant)?.words;
  // One more, for the word itself is no news.
  const words = await arm.lexical.call("suggest", { prefix, limit: limit + 1, scope });
  const before = typed.slice(0, -prefix.length);
  return words
    .filter((word) => word !== prefix.toLowerCase())
    .slice(0, limit)
    .map((word) => ({ text: before + word, kind: "word" }));
}
