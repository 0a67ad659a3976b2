// What the query may become, below the search field. The focus stays in the field; the active suggestion is told there.
import { useEffect, useRef } from "preact/hooks";
import type { Suggestion } from "../api/suggest.js";
import type { Suggested } from "../search/suggest-session.js";
import { completion } from "../search/suggest-session.js";

export const listId = "suggestions";

export function optionId(index: number): string {
  return `suggestion-${index}`;
}

const kindNames: Readonly<Record<Suggestion["kind"], string>> = {
  query: "earlier query",
  title: "title",
  heading: "heading",
  word: "word",
};

type Props = Suggested & { active: number | undefined; onTake(text: string): void };

export function SuggestionList({ typed, suggestions, active, onTake }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active !== undefined) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    // A press would take the focus from the field, which closes the list before it is let go.
    <div
      ref={list}
      id={listId}
      class="suggestions"
      role="listbox"
      aria-label="Suggestions"
      onMouseDown={(event) => event.preventDefault()}
    >
      {suggestions.map(({ text, kind }, index) => (
        <button
          type="button"
          key={`${kind} ${text}`}
          id={optionId(index)}
          class="suggestion"
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onClick={() => onTake(text)}
        >
          <span class="suggestion-text">
            {completion(text, typed).typed}
            <b>{completion(text, typed).added}</b>
          </span>
          <span class="visually-hidden">, </span>
          <span class="suggestion-kind">{kindNames[kind]}</span>
        </button>
      ))}
    </div>
  );
}
