// The suggestions for what is being typed in the search field, and which of them is active.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Send } from "../api/request.js";
import { fetchSuggestions } from "../api/suggest.js";
import type { Suggested, SuggestSession } from "../search/suggest-session.js";
import { createSuggestSession, nothingSuggested } from "../search/suggest-session.js";

/** So few that the results below stay in sight. */
const mostSuggestions = 6;

export type Suggestions = Suggested &
  SuggestSession & { active: number | undefined; activate(index: number | undefined): void };

export function useSuggestions(send: Send): Suggestions {
  const [suggested, setSuggested] = useState(nothingSuggested);
  const [activeText, setActiveText] = useState<string>();
  const session = useMemo(
    () =>
      createSuggestSession({
        fetch: (typed, signal) => fetchSuggestions(send, typed, mostSuggestions, signal),
        onChange: setSuggested,
      }),
    [send],
  );
  useEffect(() => session.close, [session]);

  const { suggestions } = suggested;
  // By its text: a later answer may have it in another place, or not at all.
  const index = suggestions.findIndex(({ text }) => text === activeText);
  return {
    ...suggested,
    active: index < 0 ? undefined : index,
    activate: (next) => setActiveText(next === undefined ? undefined : suggestions[next]?.text),
    type(text) {
      setActiveText(undefined);
      session.type(text);
    },
    close() {
      setActiveText(undefined);
      session.close();
    },
  };
}
