// One document in the list: what it is called, where it lies, how long it is and when it was changed.
import type { DocumentSummary } from "../api/documents.js";
import { mediaTypeName } from "../text/media-type-name.js";
import { formatCount } from "../text/numbers.js";
import { DateText } from "./date-text.js";

type Props = { document: DocumentSummary; href: string; isOpen: boolean; onOpen(): void };

export function DocumentRow({ document, href, isOpen, onOpen }: Props) {
  const { id, title, path, type, characters, modifiedAt, indexedAt } = document;
  const open = (event: MouseEvent) => {
    // A click with a modifier asks the browser for a new tab or window.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen();
  };
  return (
    <li class={isOpen ? "document-row open" : "document-row"} data-document={id}>
      <a class="document-link" href={href} aria-current={isOpen ? "true" : undefined} onClick={open}>
        {title}
      </a>
      <DateText iso={modifiedAt ?? indexedAt} />
      <span class="document-where" title={path ?? id}>
        {path ?? id}
      </span>
      <span class="document-length">
        {mediaTypeName(type)}, {formatCount(characters)}
        <span class="document-unit"> characters</span>
      </span>
    </li>
  );
}
