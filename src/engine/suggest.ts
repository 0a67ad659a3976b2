// What a query that is being typed may become: one that was asked before, a title, a heading, or its last word completed from the
// library's own.

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

/**
 * `text`: the query as it may go on. "query": found something before. "title", "heading": of a document that is there now. "word": of
 * its texts.
 */
export type Suggestion = { text: string; kind: "query" | "title" | "heading" | "word" };

/** Of all suggestions so many are left to each kind that has them. */
const SHARE_OF_KIND = 1 / 5;

// What the analyser takes for the word at the end; after a space or a full stop none is being typed.
const LAST_WORD = /[\p{L}\p{N}\p{M}\p{Co}]+$/u;

/**
 * The best first, from what a tenant may know: earlier queries, then titles, headings and words. Each kind leaves room for those behind
 * it. Nothing for nothing typed. Throws INVALID_INPUT or UNKNOWN_FIELD.
 */
export async function suggest(
  { arm, reader, past }: { arm: Arm; reader: StoreReader; past: PastQueries },
  tenant: string,
  query: SuggestQuery,
): Promise<Suggestion[]> {
  const { query: given, limit } = parseInput(suggestQuerySchema, query, "The query");
  const typed = given.trimStart();
  if (typed === "") return [];
  const [titles, headings, words] = await Promise.all([
    reader.call("titles", { tenant, prefix: typed, limit }),
    reader.call("headings", { tenant, prefix: typed, limit }),
    completed(arm, tenant, typed, limit),
  ]);
  const known = new Set<string>();
  const unheard = (kind: Suggestion["kind"], texts: readonly string[]) =>
    texts.flatMap((text): Suggestion[] => {
      const folded = text.toLowerCase();
      if (known.has(folded)) return [];
      known.add(folded);
      return [{ text, kind }];
    });
  const kinds = [
    unheard("query", past.beginning(tenant, typed, limit)),
    unheard("title", titles),
    unheard("heading", headings),
    unheard("word", words),
  ];
  return inTurn(kinds, limit);
}

/** The first of each list in the order of the lists: of each as many as leave a share to every one that comes behind it. */
function inTurn(kinds: readonly Suggestion[][], limit: number): Suggestion[] {
  const share = Math.floor(limit * SHARE_OF_KIND);
  const chosen: Suggestion[] = [];
  kinds.forEach((kind, i) => {
    const behind = kinds.slice(i + 1).reduce((sum, { length }) => sum + Math.min(length, share), 0);
    chosen.push(...kind.slice(0, limit - chosen.length - behind));
  });
  return chosen;
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
