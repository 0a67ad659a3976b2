// Documents for people: a listing, and one with its text.

import type { DocumentPage } from "../../engine/index.js";
import type { StoredDocument } from "../../store/index.js";
import { renderFacts } from "./facts.js";
import { countOf, formatCount } from "./numbers.js";
import { oneLine, printable } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

export function renderDocumentPage({ documents }: DocumentPage, style: Style): string {
  const rows = documents.map(({ id, title, type, characters }) => [
    oneLine(id),
    formatCount(characters),
    type,
    oneLine(title),
  ]);
  const columns = [
    { title: "id" },
    { title: "characters", align: "right" },
    { title: "type" },
    { title: "title" },
  ] as const;
  return renderTable(columns, rows, { style }).join("\n");
}

export function renderDocument(document: StoredDocument, style: Style): string {
  const metadata = Object.entries(document.metadata).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)] as const,
  );
  const facts = renderFacts(
    [
      ["id", document.id],
      ["title", document.title],
      ["path", document.path === document.id ? undefined : document.path],
      ["type", document.type],
      ["modified", document.modifiedAt],
      ["indexed", document.indexedAt],
      ["size", `${countOf(document.characters, "character")}, ${countOf(document.chunks.length, "chunk")}`],
      ...metadata,
    ],
    style,
  );
  return `${facts}\n${printable(document.text)}\n`;
}
