// What was made into a judged set, and what to do with it.

import { countOf } from "./numbers.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";

export type MadeSet = {
  folder: string;
  documents: number;
  queries: { dev: number; test: number };
  kinds: Record<string, number>;
  dropped: { tooShortOrLong: number; ambiguous: number; repeated: number; beyondLimits: number };
};

export function renderMade({ folder, documents, queries, kinds, dropped }: MadeSet, style: Style): string {
  const all = countOf(queries.dev + queries.test, "query", "queries");
  const byKind = Object.entries(kinds).map(([kind, count]) => countOf(count, kind));
  const { tooShortOrLong, ambiguous, repeated, beyondLimits } = dropped;
  return [
    `${style.bold(all)} from ${countOf(documents, "document")}: ${byKind.join(", ")}`,
    `${queries.dev} for choosing settings (--split dev), ${queries.test} for reporting (--split test)`,
    style.dim(
      `left out: ${tooShortOrLong} too short or too long, ${ambiguous} that several documents answer, ${repeated} repeated, ${beyondLimits} beyond the limits`,
    ),
    written(folder),
  ].join("\n");
}

export type LoggedSet = { folder: string; documents: number; searches: number; queries: number; judgements: number };

export function renderLogged({ folder, documents, searches, queries, judgements }: LoggedSet, style: Style): string {
  return [
    `${style.bold(countOf(queries, "query", "queries"))} with ${countOf(judgements, "judgement")} from ${countOf(searches, "search", "searches")}, over ${countOf(documents, "document")}`,
    written(folder),
  ].join("\n");
}

function written(folder: string): string {
  return `written to ${printable(folder)}. Measure with: lodestone eval ${printable(folder)} --library <library>`;
}
