// The search field. Its text is the address's query, so Back and Forward change it as well.
import type { RefObject } from "preact";
import { Icon } from "./icon.js";

const longestQuery = 2000;

type Props = {
  query: string;
  busy: boolean;
  field: RefObject<HTMLInputElement | null>;
  onQuery(query: string): void;
  onSubmit(): void;
};

export function SearchField({ query, busy, field, onQuery, onSubmit }: Props) {
  const clear = () => {
    onQuery("");
    field.current?.focus();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <search class="search" data-place="search">
      <form class={busy ? "search-box busy" : "search-box"} onSubmit={submit}>
        <Icon name="search" />
        <input
          ref={field}
          class="search-input"
          type="search"
          name="q"
          value={query}
          maxLength={longestQuery}
          placeholder="Search your library"
          aria-label="Search your library"
          aria-keyshortcuts="/"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="search"
          onInput={(event) => onQuery(event.currentTarget.value)}
        />
        {query === "" ? (
          <kbd class="search-hint">/</kbd>
        ) : (
          <button type="button" class="search-clear" onClick={clear} aria-label="Clear the search">
            <Icon name="close" />
          </button>
        )}
      </form>
    </search>
  );
}
