// GET /v1/suggest: what the query that is being typed may become, the best first.
import type { Send } from "./request.js";

export type Suggestion = { text: string; kind: "query" | "title" | "heading" | "word" };

export async function fetchSuggestions(send: Send, typed: string, limit: number, signal: AbortSignal) {
  const parameters = new URLSearchParams({ q: typed, limit: String(limit) });
  return ((await send(`/v1/suggest?${parameters}`, { signal })) as { suggestions: Suggestion[] }).suggestions;
}
