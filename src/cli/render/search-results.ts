// The answer to a search for people: title and score, where it stands, the passage that matched.

import type { SearchResponse } from "../../retrieval/index.js";
import { renderExplanation, renderStages } from "./explain.js";
import { countOf, formatCount, formatMs } from "./numbers.js";
import { oneLine } from "./printable.js";
import { renderSnippet } from "./snippet.js";
import type { Style } from "./style.js";
import { displayWidth, fitted } from "./width.js";

type Hit = SearchResponse["hits"][number];

/** `columns` undefined: nothing is wrapped or cut, for pipes. */
export type Layout = { style: Style; columns: number | undefined };

const MAX_COLUMNS = 100;
const INDENT = "   ";
const SHOWN_VALUES = 10;

export function renderSearch(response: SearchResponse, layout: Layout): string {
  const hits = response.hits.map((hit, i) => renderHit(hit, response.offset + i + 1, layout));
  const explained = response.hits.some(({ explain }) => explain);
  return [
    ...hits,
    ...(response.facets ?? []).map((facet) => renderFacet(facet, layout.style)),
    ...(explained ? [renderStages(response, layout.style)] : []),
  ].join("\n");
}

/** One line: the field, and its most frequent values. */
function renderFacet({ field, values, others }: NonNullable<SearchResponse["facets"]>[number], style: Style): string {
  const shown = values.slice(0, SHOWN_VALUES);
  const hidden = values.length - shown.length + others;
  const counted = shown.map(({ value, count }) => `${oneLine(String(value))} ${style.dim(formatCount(count))}`);
  const all = [...counted, ...(hidden > 0 ? [style.dim(`and ${formatCount(hidden)} more`)] : [])];
  return `${style.bold(oneLine(field))}  ${all.length > 0 ? all.join(", ") : style.dim("no document has it")}\n`;
}

/** One line about the answer as a whole. */
export function summariseSearch({ hits, candidates, offset, tookMs, stages }: SearchResponse): string {
  const reranked = stages.some(({ name, candidates }) => name === "rerank" && candidates > 0);
  const shown = offset > 0 || hits.length < candidates ? `${offset + 1}-${offset + hits.length} of ` : "";
  return `${shown}${countOf(candidates, "document")} in ${formatMs(tookMs)}${reranked ? ", reranked" : ""}`;
}

/** What to say where nothing was found. */
export function renderNothingFound(
  { query, candidates, offset, nothingRelevant, confidence = 0 }: SearchResponse,
  asked: { filtered: boolean; minScore: boolean },
): string {
  if (nothingRelevant) {
    return `Nothing here answers "${fitted(oneLine(query), 60)}": the best passage has a confidence of ${confidence.toFixed(2)}. Lower --min-confidence to see it.`;
  }
  if (candidates > 0 && offset >= candidates) {
    return `There are only ${countOf(candidates, "document")} for this query; lower --offset (now ${formatCount(offset)}).`;
  }
  const advice = [
    ...(asked.filtered ? ["a wider --filter"] : []),
    ...(asked.minScore ? ["a lower --min-score"] : []),
    "other words",
  ];
  return `Nothing found for "${fitted(oneLine(query), 60)}". Try ${advice.join(" or ")}; "lodestone status" shows what the library holds.`;
}

function renderHit(hit: Hit, rank: number, { style, columns }: Layout): string {
  const width = columns === undefined ? undefined : Math.min(columns, MAX_COLUMNS);
  const fit = (text: string, room: number) => (width === undefined ? text : fitted(text, room));
  const number = `${rank}.`.padEnd(INDENT.length - 1);
  const score = hit.score.toFixed(2);
  const title = fit(oneLine(hit.title), (width ?? 0) - number.length - score.length - 3);
  const gap = width === undefined ? 2 : Math.max(2, width - number.length - 1 - displayWidth(title) - score.length);
  const place = [hit.path ?? hit.id, ...headingsBelowTitle(hit)].map(oneLine).join(" › ");
  const snippet = renderSnippet(hit.snippet, width === undefined ? undefined : width - INDENT.length, style);
  return [
    `${number} ${style.bold(title)}${" ".repeat(gap)}${style.dim(score)}`,
    INDENT + style.accent(fit(place, (width ?? 0) - INDENT.length)),
    ...snippet.map((line) => INDENT + line),
    ...(hit.duplicates?.length
      ? [INDENT + style.dim(fit(`also: ${hit.duplicates.map(oneLine).join(", ")}`, (width ?? 0) - INDENT.length))]
      : []),
    ...(hit.explain ? renderExplanation(hit.explain, style, INDENT) : []),
    "",
  ].join("\n");
}

// The first heading often is the title, which stands above already.
function headingsBelowTitle({ headingPath, title }: Hit): string[] {
  return headingPath[0] === title ? headingPath.slice(1) : headingPath;
}
