// One page of the documents: asked for at once when it was turned or a filter changed, after a short pause while typing. What is
// shown stays until the next answer.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { DocumentPage } from "../api/documents.js";
import { fetchDocuments } from "../api/documents.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf } from "../api/request.js";
import { withoutDocument } from "../documents/document-listing.js";
import type { DocumentsView } from "../documents/documents-view.js";
import { documentsFragment, filterOf, pageDocuments, parseDocumentsView } from "../documents/documents-view.js";
import { parametersOf } from "../routing/pages.js";

const typingPauseMs = 120;

export type Documents = {
  listing: DocumentPage | undefined;
  failure: Failure | undefined;
  isBusy: boolean;
  refresh(): void;
  /** Takes a deleted document out of what is shown. */
  drop(id: string): void;
};

/** `revision`: the list is asked for again when it changes. */
export function useDocuments(send: Send, view: DocumentsView, revision: unknown): Documents {
  const [listing, setListing] = useState<DocumentPage>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(true);
  const running = useRef({ request: new AbortController(), timer: 0 });
  // The open document is no part of it: opening one asks for no list.
  const list = documentsFragment({ ...view, id: undefined });
  const shown = useRef({ list: "", revision });

  const stop = useCallback(() => {
    clearTimeout(running.current.timer);
    running.current.request.abort();
  }, []);

  const ask = useCallback(
    (fragment: string, pauseMs: number) => {
      stop();
      const request = new AbortController();
      const wanted = parseDocumentsView(parametersOf(fragment));
      const offset = (wanted.page - 1) * pageDocuments;
      const load = async () => {
        try {
          const page = await fetchDocuments(
            send,
            { offset, limit: pageDocuments, filter: filterOf(wanted) },
            request.signal,
          );
          if (request.signal.aborted) return;
          setListing(page);
          setFailure(undefined);
        } catch (error) {
          if (request.signal.aborted) return;
          setFailure(failureOf(error));
        }
        setBusy(false);
      };
      setBusy(true);
      running.current = { request, timer: setTimeout(load, pauseMs) };
    },
    [send, stop],
  );

  useEffect(() => {
    const before = shown.current.list;
    shown.current.list = list;
    const was = parseDocumentsView(parametersOf(before));
    const is = parseDocumentsView(parametersOf(list));
    const isTyping = before !== "" && was.find !== is.find && documentsFragment({ ...was, find: is.find }) === list;
    ask(list, isTyping ? typingPauseMs : 0);
    return stop;
  }, [ask, stop, list]);

  useEffect(() => {
    const { list: known, revision: before } = shown.current;
    shown.current.revision = revision;
    if (before !== undefined && before !== revision) ask(known, 0);
  }, [ask, revision]);

  const refresh = useCallback(() => ask(shown.current.list, 0), [ask]);
  const drop = useCallback((id: string) => setListing((before) => before && withoutDocument(before, id)), []);
  return { listing, failure, isBusy, refresh, drop };
}
