// The documents of a library, for a judged set of its own: as a collection has them, and as known items are made of them.

import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Engine, Tenant } from "../../engine/index.js";
import type { KnownItemSource } from "../../evaluation/index.js";
import type { Source, StoredDocument } from "../../store/index.js";

export type Searched = Pick<Engine | Tenant, "get" | "list" | "feedbackLog">;

/** What belongs to a tenant, or to nobody. */
export function searchedOf(engine: Engine, tenant: string | undefined): Searched {
  return tenant === undefined ? engine : engine.tenant(tenant);
}

const PAGE_DOCUMENTS = 500;

/** All documents by id; `onProgress` is told how many came before. */
export async function* ownDocuments(
  library: Searched,
  { signal, onProgress }: { signal: AbortSignal; onProgress(done: number, total: number): void },
): AsyncGenerator<StoredDocument> {
  let done = 0;
  for (let offset = 0; ; offset += PAGE_DOCUMENTS) {
    const { documents, total } = await library.list({ offset, limit: PAGE_DOCUMENTS });
    for (const { id } of documents) {
      signal.throwIfAborted();
      onProgress(done++, total);
      const document = await library.get(id);
      if (document) yield document;
    }
    if (offset + documents.length >= total || documents.length === 0) return;
  }
}

/** The file of a document: its path begins with the name of the folder that was indexed. Undefined for one from no file. */
export function fileOf({ path }: StoredDocument, sources: readonly Source[]): string | undefined {
  if (path === undefined) return undefined;
  const source = sources.find(({ name }) => path.startsWith(`${name}/`));
  return source && join(source.path, path.slice(source.name.length + 1));
}

/** What known items are made of. Of the text only lines with a question are kept: those of all documents fit into memory. */
export async function knownItemSource(
  document: StoredDocument,
  file: string | undefined,
): Promise<KnownItemSource & { links: UnresolvedLink[] }> {
  const { id, title, text, headings } = document;
  const lines = text.split("\n").filter((line) => line.includes("?"));
  return { id, title, text: lines.join("\n"), headings, links: await linksOf(document, file) };
}

type UnresolvedLink = { text: string; target: string };

/** Links as paths of files, from the file itself, since documents do not keep addresses; none where it is gone. */
async function linksOf({ type }: StoredDocument, path: string | undefined): Promise<UnresolvedLink[]> {
  if (path === undefined || (type !== "text/markdown" && type !== "text/html")) return [];
  const { linksIn } = await import("../../readers/index.js");
  let source: string;
  try {
    source = await readFile(path, "utf8");
  } catch {
    // Links are one kind of query among others: a file that has moved since it was indexed just has none.
    return [];
  }
  return linksIn(source, type).flatMap(({ text, address }) => {
    const target = pathOf(address, path);
    return target === undefined ? [] : [{ text, target }];
  });
}

/** The file that a relative address leads to; undefined for addresses of the web and places within the document. */
function pathOf(address: string, from: string): string | undefined {
  const [path = ""] = address.split(/[?#]/, 1);
  if (path === "" || /^([a-z][a-z\d+.-]*:|\/\/)/i.test(path)) return undefined;
  try {
    return resolve(dirname(from), decodeURIComponent(path));
  } catch {
    // A "%" that begins no escape: such an address leads nowhere.
    return undefined;
  }
}

/** Links to files as links to documents, whose ids `places` has by file; what leads elsewhere is left out. */
export function resolveLinks<T extends { links: UnresolvedLink[] }>(
  sources: readonly T[],
  places: ReadonlyMap<string, string>,
): T[] {
  return sources.map((source) => ({
    ...source,
    links: source.links.flatMap(({ text, target }) => {
      const id = places.get(target);
      return id === undefined ? [] : [{ text, target: id }];
    }),
  }));
}
