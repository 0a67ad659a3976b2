// What was shown lately: feedback names a search, counts for the index that answered it, and is kept with the search. And which
// documents are found how often.

import { createHash, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { LodestoneError } from "../errors.js";
import { ndcgAt } from "../evaluation/index.js";
import { parseInput } from "../input/parse-input.js";
import type { Hit, SearchRequest } from "../retrieval/index.js";
import { type FeedbackBounds, type FeedbackSearch, scopedId } from "../store/index.js";
import type { CheckedEngineOptions } from "./options.js";

export const feedbackSchema = z.strictObject({
  /** `searchId` of the answer that it is about. */
  searchId: z.string().min(1).max(64),
  /** Id of one of its hits. */
  id: z.string().min(1),
  /** "click": it was opened. "judgement": how relevant it is, in `relevance`. */
  kind: z.enum(["click", "judgement"]).default("click"),
  /** 0 (not at all) to 3 (just what was wanted). */
  relevance: z.int().min(0).max(3).optional(),
});
export type Feedback = z.input<typeof feedbackSchema>;

/** What a judgement or a click changes for the generation that answered. */
export type FeedbackEffect =
  | { generation: number; kind: "click" }
  | { generation: number; kind: "ndcg"; value: number; before: number | undefined };

/** What feedback did: to the figures (nothing, for a second click), and the search to keep (not one of a very long query). */
export type TakenFeedback = { effect: FeedbackEffect | undefined; search: FeedbackSearch | undefined };

export type Asked = Pick<SearchRequest, "query" | "user">;

type Shown = {
  generation: number;
  tenant: string;
  /** undefined: too long to be kept. */
  query: string | undefined;
  session: string | undefined;
  answeredAtMs: number;
  ids: string[];
  clicked: Set<string>;
  relevance: Map<string, number>;
  ndcg: number | undefined;
};

const REMEMBERED_SEARCHES = 10_000;
const NDCG_DEPTH = 10;
/** Nobody types more; what is pasted in would fill the memory. */
const MOST_QUERY_CHARACTERS = 2_000;

export class SearchMemory {
  readonly #shown = new LRUCache<string, Shown>({ max: REMEMBERED_SEARCHES });
  readonly #uses = new Map<string, number>();

  /** Remembers an answer; the id to name it by. */
  remember(generation: number, tenant: string, { query, user }: Asked, hits: readonly Hit[]): string {
    const id = randomBytes(8).toString("hex");
    const ids = hits.map((hit) => hit.id);
    this.#shown.set(id, {
      generation,
      tenant,
      query: query.length <= MOST_QUERY_CHARACTERS ? query : undefined,
      session: user === undefined ? undefined : sessionOf(tenant, user),
      answeredAtMs: Date.now(),
      ids,
      clicked: new Set(),
      relevance: new Map(),
      ndcg: undefined,
    });
    for (const found of ids) {
      const scoped = scopedId(tenant, found);
      this.#uses.set(scoped, (this.#uses.get(scoped) ?? 0) + 1);
    }
    return id;
  }

  /** Throws INVALID_INPUT, UNKNOWN_FIELD or NOT_FOUND. */
  take(given: unknown, tenant: string): TakenFeedback {
    const { searchId, id, kind, relevance } = parseInput(feedbackSchema, given, "feedback");
    const shown = this.#shown.get(searchId);
    if (shown?.tenant !== tenant) {
      throw new LodestoneError(
        "NOT_FOUND",
        `The search "${searchId}" is not remembered: the last ${REMEMBERED_SEARCHES.toLocaleString("en-US")} since the start are.`,
      );
    }
    if (!shown.ids.includes(id)) {
      throw new LodestoneError("NOT_FOUND", `The document "${id}" was no hit of the search "${searchId}".`);
    }
    const { generation } = shown;
    if (kind === "click") {
      const isFirst = shown.clicked.size === 0;
      shown.clicked.add(id);
      return { effect: isFirst ? { generation, kind } : undefined, search: searchOf(searchId, shown) };
    }
    if (relevance === undefined) {
      throw new LodestoneError("INVALID_INPUT", 'A judgement takes a "relevance" from 0 (not relevant) to 3.');
    }
    shown.relevance.set(id, relevance);
    const before = shown.ndcg;
    shown.ndcg = ndcgAt(NDCG_DEPTH, shown.ids, shown.relevance);
    return { effect: { generation, kind: "ndcg", value: shown.ndcg, before }, search: searchOf(searchId, shown) };
  }

  /** Forgets what a tenant was shown. */
  forget(tenant: string): void {
    for (const [id, shown] of this.#shown.entries()) if (shown.tenant === tenant) this.#shown.delete(id);
  }

  /** How often documents were found since this was last asked. */
  takeUses(): { id: string; uses: number }[] {
    const uses = Array.from(this.#uses, ([id, count]) => ({ id, uses: count }));
    this.#uses.clear();
    return uses;
  }
}

/** What the library keeps, of what its options say. */
export function feedbackBounds({ keepSearches, keepDays }: CheckedEngineOptions["feedback"]): FeedbackBounds {
  return { searches: keepSearches, ms: keepDays * 24 * 3_600_000 };
}

function searchOf(searchId: string, shown: Shown): FeedbackSearch | undefined {
  const { query, session, answeredAtMs, ids, clicked, relevance } = shown;
  if (query === undefined) return undefined;
  return {
    searchId,
    query,
    session,
    answeredAtMs,
    shown: ids,
    clicked: [...clicked],
    grades: Object.fromEntries(relevance),
  };
}

/** Tells a tenant's users apart without naming them. */
function sessionOf(tenant: string, user: string): string {
  return createHash("sha256")
    .update(JSON.stringify([tenant, user]))
    .digest("hex")
    .slice(0, 16);
}
