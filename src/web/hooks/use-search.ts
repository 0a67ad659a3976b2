// Runs the search that the address names: at once when it was opened or a filter changed, after a short pause while typing.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Send } from "../api/request.js";
import { search } from "../api/search.js";
import type { SearchState } from "../search/search-session.js";
import { createSearchSession, shownIn } from "../search/search-session.js";
import type { SearchView } from "../search/search-view.js";
import { formatSearchView, requestOf } from "../search/search-view.js";

/** Long enough that a fast typist's letters are one request, short enough to feel immediate. */
const typingPauseMs = 120;
const pageHits = 10;
const mostHits = 100;

export type Search = { state: SearchState; extend(): void; retry(): void };

export function useSearch(send: Send, view: SearchView, explain: boolean): Search {
  const [state, setState] = useState<SearchState>({ kind: "idle" });
  const latestState = useRef(state);
  const asked = useRef<{ view: SearchView; explain: boolean }>(undefined);

  const session = useMemo(
    () =>
      createSearchSession({
        search: (request, signal) => search(send, request, signal),
        onChange: (next) => {
          latestState.current = next;
          setState(next);
        },
      }),
    [send],
  );
  useEffect(() => session.close, [session]);

  useEffect(() => {
    const before = asked.current;
    const request = requestOf(view, pageHits);
    const isSameSearch = before !== undefined && formatSearchView(before.view) === formatSearchView(view);
    // An answer with explanations also serves where none are wanted.
    if (isSameSearch && (before.explain || !explain)) return;
    asked.current = { view, explain };
    const shownHits = isSameSearch ? (shownIn(latestState.current)?.hits.length ?? 0) : 0;
    const limit = Math.min(mostHits, Math.max(pageHits, shownHits));
    const pauseMs = before !== undefined && !isSameSearch && onlyTyped(before.view, view) ? typingPauseMs : 0;
    session.ask(request && explain ? { ...request, limit, explain } : request, pauseMs);
  }, [session, view, explain]);

  const extend = useCallback(() => session.extend(), [session]);
  const retry = useCallback(() => session.retry(), [session]);
  return { state, extend, retry };
}

function onlyTyped(before: SearchView, after: SearchView): boolean {
  return formatSearchView({ ...before, query: after.query }) === formatSearchView(after);
}
