// One page of the list of documents, and how one moves between pages.
import type { DocumentPage } from "../api/documents.js";

/** Takes out a document that was deleted; the list is asked for again, and shows no gap until it is there. */
export function withoutDocument(page: DocumentPage, id: string): DocumentPage {
  const documents = page.documents.filter((document) => document.id !== id);
  return documents.length === page.documents.length ? page : { ...page, documents, total: page.total - 1 };
}

/** Which documents a page shows, from 1: `{first: 51, last: 100}`. */
export function shownRange({ documents, offset }: DocumentPage): { first: number; last: number } {
  return { first: offset + 1, last: offset + documents.length };
}

export function pageCount({ total, limit }: DocumentPage): number {
  return Math.max(1, Math.ceil(total / limit));
}

/** The last page there is, where the one that is shown lies behind it; else undefined. */
export function pageBefore(listing: DocumentPage, page: number): number | undefined {
  const isOfPage = listing.offset === (page - 1) * listing.limit;
  return isOfPage && listing.documents.length === 0 && page > 1 ? pageCount(listing) : undefined;
}

/** The document that is looked at next where the one at `index` is gone: the one that moves up, or else the last one. */
export function nextAfter(page: DocumentPage, index: number): string | undefined {
  return (page.documents[index] ?? page.documents.at(-1))?.id;
}
