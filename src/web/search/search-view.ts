// What is being looked for, as the address bar holds it: ?q=&folder=&type=&type=&mode=&rerank=off. Defaults are left out, so
// that a plain search has a plain address.
import type { SearchFilter, SearchMode, SearchRequest } from "../api/search.js";

export type SearchView = {
  query: string;
  folder: string | undefined;
  types: readonly string[];
  mode: SearchMode;
  rerank: boolean;
};

export const emptyView: SearchView = { query: "", folder: undefined, types: [], mode: "hybrid", rerank: true };

const modes: readonly SearchMode[] = ["hybrid", "lexical", "dense"];

/** Reads an address's query string. Unknown parameters and values are ignored: an address may be typed by hand. */
export function parseSearchView(queryString: string): SearchView {
  const parameters = new URLSearchParams(queryString);
  return {
    query: parameters.get("q") ?? "",
    folder: parameters.get("folder") || undefined,
    types: [...new Set(parameters.getAll("type").filter((type) => type !== ""))].sort(),
    mode: modes.find((mode) => mode === parameters.get("mode")) ?? "hybrid",
    rerank: parameters.get("rerank") !== "off",
  };
}

/** The query string with its "?", or "" for the empty view. */
export function formatSearchView(view: SearchView): string {
  const parameters = new URLSearchParams();
  if (view.query !== "") parameters.set("q", view.query);
  if (view.folder !== undefined) parameters.set("folder", view.folder);
  for (const type of [...view.types].sort()) parameters.append("type", type);
  if (view.mode !== "hybrid") parameters.set("mode", view.mode);
  if (!view.rerank) parameters.set("rerank", "off");
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/**
 * The request for a view, or undefined where there is nothing to ask. Reranking is left to the server's default, which is to
 * rerank where it has a cross-encoder, unless it is switched off.
 */
export function requestOf(view: SearchView, limit: number): SearchRequest | undefined {
  const query = view.query.trim();
  if (query === "") return undefined;
  const filter = filterOf(view);
  return {
    query,
    mode: view.mode,
    limit,
    offset: 0,
    ...(view.rerank ? {} : { rerank: false }),
    ...(filter === undefined ? {} : { filter }),
  };
}

export function filterCount(view: SearchView): number {
  return (view.folder === undefined ? 0 : 1) + view.types.length;
}

function filterOf(view: SearchView): SearchFilter | undefined {
  if (filterCount(view) === 0) return undefined;
  return {
    ...(view.folder === undefined ? {} : { folder: view.folder }),
    ...(view.types.length === 0 ? {} : { type: { in: [...view.types] } }),
  };
}
