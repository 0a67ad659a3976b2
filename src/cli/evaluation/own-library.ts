// Reading the user's own library from end to end, with a bar, and an orderly end at Ctrl-C.

import type { BeirDocument } from "../../evaluation/index.js";
import type { Source, StoredDocument } from "../../store/index.js";
import type { Face } from "../face.js";
import { interruptible } from "../interruptible.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { formatCount } from "../render/numbers.js";
import { ownDocuments, type Searched, searchedOf } from "./own-documents.js";

export type Reading = { signal: AbortSignal; onProgress(done: number, total: number): void };

/** What is read, and folders whose files are indexed: a tenant has none. */
export type OwnLibrary = { searched: Searched; sources: readonly Source[]; reading: Reading };

export async function withOwnLibrary(
  face: Face,
  tenant: string | undefined,
  work: (library: OwnLibrary) => Promise<void>,
): Promise<void> {
  const options = { library: libraryFolder(face.shared().library), readOnly: true, ...withoutReranking };
  await interruptible(face, async ({ bar, signal }) => {
    const reading: Reading = {
      signal,
      onProgress: (done, total) =>
        bar.show("reading", done / Math.max(1, total), `${formatCount(done)}/${formatCount(total)} documents`),
    };
    await withEngine(options, async (engine) => {
      const sources = tenant === undefined ? await engine.sources() : [];
      await work({ searched: searchedOf(engine, tenant), sources, reading });
      bar.stop();
    });
  });
}

/** The documents as a collection has them; `look` sees each as it is stored. */
export async function* documentsOf(
  { searched, reading }: OwnLibrary,
  look: (document: StoredDocument) => Promise<void> | void,
): AsyncGenerator<BeirDocument> {
  for await (const document of ownDocuments(searched, reading)) {
    await look(document);
    yield { id: document.id, title: document.title, text: document.text };
  }
}
