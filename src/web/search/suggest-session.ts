// Suggestions for what is being typed: asked for after a pause, and shown only for what was typed last. Until that answer comes,
// those of the answer before are shown that still fit, so that the list neither lags behind the letters nor flickers.
import type { Suggestion } from "../api/suggest.js";

export type Suggested = { typed: string; suggestions: readonly Suggestion[] };

export const nothingSuggested: Suggested = { typed: "", suggestions: [] };

/** Long enough that a fast typist's letters are one request; shorter than the pause before a search, which costs more. */
const pauseMs = 60;

export type SuggestSession = {
  type(text: string): void;
  /** Shows none, whatever is on its way, until something is typed. */
  close(): void;
};

export function createSuggestSession(ports: {
  fetch(typed: string, signal: AbortSignal): Promise<readonly Suggestion[]>;
  onChange(suggested: Suggested): void;
}): SuggestSession {
  let shown = nothingSuggested;
  let running = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (typed: string, suggestions: readonly Suggestion[]) => {
    shown = { typed, suggestions: suggestions.filter((suggestion) => continues(suggestion.text, typed)) };
    ports.onChange(shown);
  };
  const stop = () => {
    clearTimeout(timer);
    running.abort();
    running = new AbortController();
  };
  const ask = async (typed: string) => {
    const { signal } = running;
    // Suggestions are a convenience: where there is no answer there are none, and the search tells what is wrong.
    const suggestions = await ports.fetch(typed, signal).catch(() => []);
    if (!signal.aborted) show(typed, suggestions);
  };

  return {
    type(text) {
      stop();
      const typed = text.trimStart();
      show(typed, typed === "" ? [] : shown.suggestions);
      if (typed !== "") timer = setTimeout(() => void ask(typed), pauseMs);
    },
    close() {
      stop();
      if (shown.suggestions.length > 0) show("", []);
    },
  };
}

/** What a suggestion adds to what was typed, behind what was typed; all of it where its letters are others. */
export function completion(text: string, typed: string): { typed: string; added: string } {
  const length = isPrefix(text, typed) ? typed.length : 0;
  return { typed: text.slice(0, length), added: text.slice(length) };
}

function continues(text: string, typed: string): boolean {
  return isPrefix(text, typed) && text.length > typed.trimEnd().length;
}

function isPrefix(text: string, typed: string): boolean {
  return text.slice(0, typed.length).toLowerCase() === typed.toLowerCase();
}
