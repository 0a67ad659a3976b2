// Narrows the list of documents by what is typed.
import type { RefObject } from "preact";
import { Icon } from "./icon.js";

const longest = 200;

type Props = { text: string; busy: boolean; field: RefObject<HTMLInputElement | null>; onText(text: string): void };

export function FindField({ text, busy, field, onText }: Props) {
  const clear = () => {
    onText("");
    field.current?.focus();
  };
  return (
    <search class={busy ? "search-box find busy" : "search-box find"} data-place="search">
      <Icon name="filter" />
      <input
        ref={field}
        class="search-input"
        type="search"
        value={text}
        maxLength={longest}
        placeholder="Beginning of an id, path or title, or field:value"
        aria-label="Filter the documents"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Without a text, Escape means what it means everywhere.
          if (event.key !== "Escape" || text === "") return;
          event.preventDefault();
          clear();
        }}
      />
      {text !== "" && (
        <button type="button" class="search-clear" onClick={clear} aria-label="Clear the filter">
          <Icon name="close" />
        </button>
      )}
    </search>
  );
}
