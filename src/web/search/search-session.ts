// The course of one search box: waits for a pause in typing, asks, and shows only the answer to what was asked last.
// An earlier request is aborted, and its answer is dropped even where the abort came too late.
import type { Failure } from "../api/request.js";
import { failureOf } from "../api/request.js";
import type { Hit, SearchRequest, SearchResponse } from "../api/search.js";

export type Answer = {
  request: SearchRequest;
  response: SearchResponse;
  hits: Hit[];
  /** Which search brought each hit: a further page is a search of its own. */
  searchIds: ReadonlyMap<string, string>;
  exhausted: boolean;
};

export type SearchState =
  | { kind: "idle" }
  /** `shown` is the answer still on the screen while the next one is on its way. */
  | { kind: "asking"; request: SearchRequest; shown: Answer | undefined }
  | { kind: "answered"; shown: Answer }
  | { kind: "extending"; shown: Answer }
  | { kind: "failed"; request: SearchRequest; failure: Failure };

export type SearchSession = {
  /** Asks for something else; undefined means that there is nothing to ask. `pauseMs` 0 asks at once. */
  ask(request: SearchRequest | undefined, pauseMs: number): void;
  /** Adds the next page to the answer that is shown. */
  extend(): void;
  retry(): void;
  close(): void;
};

export function createSearchSession(ports: {
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResponse>;
  onChange(state: SearchState): void;
}): SearchSession {
  let state: SearchState = { kind: "idle" };
  let running = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const become = (next: SearchState) => {
    state = next;
    ports.onChange(next);
  };

  const stop = () => {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
  };

  const run = async (request: SearchRequest, onAnswer: (response: SearchResponse) => void) => {
    const { signal } = running;
    try {
      const response = await ports.search(request, signal);
      if (!signal.aborted) onAnswer(response);
    } catch (error) {
      if (!signal.aborted) become({ kind: "failed", request, failure: failureOf(error) });
    }
  };

  const start = (request: SearchRequest) =>
    run(request, (response) => {
      const exhausted = response.hits.length < request.limit;
      const searchIds = searchIdsOf(response.hits, response);
      become({ kind: "answered", shown: { request, response, hits: response.hits, searchIds, exhausted } });
    });

  return {
    ask(request, pauseMs) {
      stop();
      if (request === undefined) return become({ kind: "idle" });
      become({ kind: "asking", request, shown: shownIn(state) });
      if (pauseMs === 0) void start(request);
      else timer = setTimeout(() => void start(request), pauseMs);
    },
    extend() {
      if (state.kind !== "answered" || state.shown.exhausted) return;
      const { shown } = state;
      become({ kind: "extending", shown });
      void run({ ...shown.request, offset: shown.hits.length }, (response) => {
        become({ kind: "answered", shown: appended(shown, response) });
      });
    },
    retry() {
      if (state.kind !== "failed") return;
      const { request } = state;
      stop();
      become({ kind: "asking", request: { ...request, offset: 0 }, shown: undefined });
      void start({ ...request, offset: 0 });
    },
    close: stop,
  };
}

/** The answer on the screen, if any. */
export function shownIn(state: SearchState): Answer | undefined {
  return state.kind === "idle" || state.kind === "failed" ? undefined : state.shown;
}

// A library that changed between two pages can send a document twice; it is shown where it stood first.
function appended(shown: Answer, response: SearchResponse): Answer {
  const known = new Set(shown.hits.map((hit) => hit.id));
  const fresh = response.hits.filter((hit) => !known.has(hit.id));
  return {
    ...shown,
    hits: [...shown.hits, ...fresh],
    searchIds: new Map([...shown.searchIds, ...searchIdsOf(fresh, response)]),
    exhausted: response.hits.length < shown.request.limit || fresh.length === 0,
  };
}

function searchIdsOf(hits: readonly Hit[], { searchId }: SearchResponse): Map<string, string> {
  return new Map(hits.map(({ id }) => [id, searchId]));
}
