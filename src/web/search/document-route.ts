// Which document is open, as the address's fragment: #/doc/<id>, or #/doc/<id>/<start>-<end> with the passage to show.
import type { TextRange } from "../api/documents.js";

export type DocumentRoute = { id: string; passage: TextRange | undefined };

export function parseDocumentRoute(fragment: string): DocumentRoute | undefined {
  const match = /^#\/doc\/([^/]+)(?:\/(\d{1,10})-(\d{1,10}))?$/.exec(fragment);
  if (match?.[1] === undefined) return undefined;
  const id = decode(match[1]);
  if (id === undefined) return undefined;
  const start = Number(match[2]);
  const end = Number(match[3]);
  return { id, passage: start < end ? { start, end } : undefined };
}

export function formatDocumentRoute(route: DocumentRoute): string {
  const passage = route.passage === undefined ? "" : `/${route.passage.start}-${route.passage.end}`;
  return `#/doc/${encodeURIComponent(route.id)}${passage}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Half an escape, as in a cut-off link: no document can be meant.
    return undefined;
  }
}
