// The search field with its suggestions. Its text is the address's query, so Back and Forward change it as well. Results follow the
// letters below the list; whatever asks for them closes it.
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Send } from "../api/request.js";
import { useSuggestions } from "../hooks/use-suggestions.js";
import { listAction } from "../search/suggestion-keys.js";
import { Icon } from "./icon.js";
import { listId, optionId, SuggestionList } from "./suggestion-list.js";

const longestQuery = 2000;
/** A longer text is no beginning of anything. */
const longestCompleted = 200;

type Props = {
  send: Send;
  query: string;
  busy: boolean;
  field: RefObject<HTMLInputElement | null>;
  onQuery(query: string): void;
  onSubmit(): void;
};

export function SearchField({ send, query, busy, field, onQuery, onSubmit }: Props) {
  const place = useRef<HTMLElement>(null);
  const list = useSuggestions(send);
  const { active } = list;
  // Back and Forward change the text without typing.
  const suggestions = list.typed === query.trimStart() ? list.suggestions : [];
  const isOpen = suggestions.length > 0;
  const suggest = (text: string) => (text.length <= longestCompleted ? list.type(text) : list.close());

  const close = useRef(list.close);
  close.current = list.close;
  // Whoever turns to the results, be it to scroll them, or to another text is done with suggestions.
  useEffect(() => {
    if (!isOpen) return;
    const leave = ({ target }: Event) => {
      if (!(target instanceof Node && place.current?.contains(target))) close.current();
    };
    const kinds = ["pointerdown", "wheel", "popstate"] as const;
    for (const kind of kinds) addEventListener(kind, leave, { passive: true });
    return () => {
      for (const kind of kinds) removeEventListener(kind, leave);
    };
  }, [isOpen]);
  const take = (text: string) => {
    list.close();
    onQuery(text);
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const meant = listAction(event, { count: suggestions.length, active });
    if (meant === undefined) return;
    const { action, isOwn } = meant;
    if (isOwn) event.preventDefault();
    if (action.kind === "activate") list.activate(action.index);
    else if (action.kind === "take") take(suggestions[action.index]?.text ?? query);
    else if (action.kind === "open") suggest(query);
    else list.close();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    list.close();
    onSubmit();
  };
  const clear = () => {
    list.close();
    onQuery("");
    field.current?.focus();
  };
  return (
    <search ref={place} class="search" data-place="search">
      <form class={busy ? "search-box busy" : "search-box"} onSubmit={submit}>
        <Icon name="search" />
        <input
          ref={field}
          class="search-input"
          type="text"
          inputmode="search"
          name="q"
          value={query}
          maxLength={longestQuery}
          placeholder="Search your library"
          role="combobox"
          aria-label="Search your library"
          aria-keyshortcuts="/"
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={isOpen ? listId : undefined}
          aria-activedescendant={active === undefined ? undefined : optionId(active)}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="search"
          onInput={(event) => {
            suggest(event.currentTarget.value);
            onQuery(event.currentTarget.value);
          }}
          onKeyDown={onKey}
          onBlur={list.close}
        />
        {query === "" ? (
          <kbd class="search-hint">/</kbd>
        ) : (
          <button type="button" class="search-clear" onClick={clear} aria-label="Clear the search">
            <Icon name="close" />
          </button>
        )}
      </form>
      {isOpen && <SuggestionList {...list} onTake={take} />}
    </search>
  );
}
