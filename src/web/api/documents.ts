// /v1/documents: the list of documents, one whole document with its text, and taking one out. Offsets in headings, code blocks and
// chunks are UTF-16 into the text.
import type { Send } from "./request.js";
import type { MetadataValue } from "./search.js";

export type Heading = { level: number; title: string; start: number };
export type TextRange = { start: number; end: number };

export type DocumentSummary = {
  id: string;
  title: string;
  path?: string;
  type: string;
  metadata: Record<string, MetadataValue>;
  modifiedAt?: string;
  indexedAt: string;
  characters: number;
};

/** A passage that is searched. */
export type Chunk = TextRange & { id: string; index: number; tokens: number; headingPath: string[] };

export type StoredDocument = DocumentSummary & {
  text: string;
  headings?: Heading[];
  codeBlocks?: TextRange[];
  chunks: Chunk[];
};

export type DocumentPage = { documents: DocumentSummary[]; total: number; offset: number; limit: number };

type FieldValue = string | number | boolean;
type FieldCondition = FieldValue | { in: readonly FieldValue[] } | { gte: string; lt: string };
export type DocumentFilter = { [field: string]: FieldCondition | readonly DocumentFilter[] };

export async function fetchDocuments(
  send: Send,
  { offset, limit, filter }: { offset: number; limit: number; filter: DocumentFilter | undefined },
  signal: AbortSignal,
): Promise<DocumentPage> {
  const parameters = new URLSearchParams({ offset: String(offset), limit: String(limit) });
  if (filter !== undefined) parameters.set("filter", JSON.stringify(filter));
  return (await send(`/v1/documents?${parameters}`, { signal })) as DocumentPage;
}

export async function fetchDocument(send: Send, id: string, signal: AbortSignal): Promise<StoredDocument> {
  return (await send(`/v1/documents/${encodeURIComponent(id)}`, { signal })) as StoredDocument;
}

/** Answers when no search finds it any more. */
export async function deleteDocument(send: Send, id: string): Promise<void> {
  await send(`/v1/documents/${encodeURIComponent(id)}`, { method: "DELETE" });
}
