// GET /v1/documents/:id: one whole document with its text. Offsets in headings and code blocks are UTF-16 into text.
import type { Send } from "./request.js";
import type { MetadataValue } from "./search.js";

export type Heading = { level: number; title: string; start: number };
export type TextRange = { start: number; end: number };

export type StoredDocument = {
  id: string;
  title: string;
  path?: string;
  type: string;
  text: string;
  metadata: Record<string, MetadataValue>;
  modifiedAt?: string;
  headings?: Heading[];
  codeBlocks?: TextRange[];
};

export async function fetchDocument(send: Send, id: string, signal: AbortSignal): Promise<StoredDocument> {
  return (await send(`/v1/documents/${encodeURIComponent(id)}`, { signal })) as StoredDocument;
}
