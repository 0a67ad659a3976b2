// The text of the open document.
import { useCallback, useEffect, useState } from "preact/hooks";
import type { StoredDocument } from "../api/documents.js";
import { fetchDocument } from "../api/documents.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf } from "../api/request.js";

export type DocumentState =
  | { kind: "loading" }
  | { kind: "loaded"; document: StoredDocument }
  | { kind: "failed"; failure: Failure };

/** `id` is fixed for the life of the component that calls this. */
export function useDocument(send: Send, id: string): DocumentState & { retry(): void } {
  const [state, setState] = useState<DocumentState>({ kind: "loading" });
  const [attempt, setAttempt] = useState(1);

  useEffect(() => {
    const request = new AbortController();
    const { signal } = request;
    if (attempt > 1) setState({ kind: "loading" });
    fetchDocument(send, id, signal).then(
      (document) => signal.aborted || setState({ kind: "loaded", document }),
      (error: unknown) => signal.aborted || setState({ kind: "failed", failure: failureOf(error) }),
    );
    return () => request.abort();
  }, [send, id, attempt]);

  return { ...state, retry: useCallback(() => setAttempt((before) => before + 1), []) };
}
