// Reading the user's own library from end to end, with a bar, and an orderly end at Ctrl-C.

import type { BeirDocument } from "../../evaluation/index.js";
import type { Source, StoredDocument } from "../../store/index.js";
import type { Face } from "../face.js";
import { listenForInterrupt } from "../interrupt.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { openProgressBar } from "../progress/progress-bar.js";
import { formatCount } from "../render/numbers.js";
import { ownDocuments, type Searched, searchedOf } from "./own-documents.js";

export type Reading = { signal: AbortSignal; onProgress(done: number, total: number): void };

/** What is read, and folders whose files are indexed: a tenant has none. */
export type OwnLibrary = { searched: Searched; sources: readonly Source[]; reading: Reading };

export async function withOwnLibrary(
  { terminal, shared, exitWith }: Face,
  tenant: string | undefined,
  work: (library: OwnLibrary) => Promise<void>,
): Promise<void> {
  const bar = openProgressBar(terminal.stderr);
  const interrupt = listenForInterrupt(() => bar.stop());
  const reading: Reading = {
    signal: interrupt.signal,
    onProgress: (done, total) =>
      bar.show("reading", done / Math.max(1, total), `${formatCount(done)}/${formatCount(total)} documents`),
  };
  const options = { library: libraryFolder(shared().library), readOnly: true, ...withoutReranking };
  try {
    await withEngine(options, async (engine) => {
      const sources = tenant === undefined ? await engine.sources() : [];
      await work({ searched: searchedOf(engine, tenant), sources, reading });
      bar.stop();
    });
  } catch (error) {
    const code = interrupt.exitCode();
    if (code === undefined) throw error;
    exitWith(code);
  } finally {
    bar.stop();
    interrupt.release();
  }
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
