// One sentence that says how a hit came to its place.
import type { HitExplanation } from "../api/search.js";

export function rankStory({ lexical, dense, fused, rerank, final }: HitExplanation): string {
  const lists = [
    ...(lexical === undefined ? [] : [`${ordinal(lexical.rank)} by words`]),
    ...(dense === undefined ? [] : [`${ordinal(dense.rank)} by meaning`]),
  ];
  const origin = lists.length === 0 ? "Found" : capital(lists.join(" and "));
  const fusion =
    lists.length === 1 && fused.rank === (lexical ?? dense)?.rank ? "" : `, ${ordinal(fused.rank)} once fused`;
  const reading = rerank === undefined ? "" : `; ${rerankVerdict(fused.rank, rerank.rank)}`;
  const before = rerank?.rank ?? fused.rank;
  const place = final.rank === before ? "." : `. Counting each document once, it is ${ordinal(final.rank)}.`;
  return `${origin}${fusion}${reading}${place}`;
}

function rerankVerdict(before: number, after: number): string {
  if (after === before) return `reading it left it ${ordinal(after)}`;
  return `reading it moved it ${after < before ? "up" : "down"} to ${ordinal(after)}`;
}

export function ordinal(rank: number): string {
  const tail = rank % 100 >= 11 && rank % 100 <= 13 ? 0 : rank % 10;
  return `${rank}${["th", "st", "nd", "rd"][tail] ?? "th"}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
