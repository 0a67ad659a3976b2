// What the library holds: status and facets. Asked once, again when the page is looked at again, and every two seconds only
// while files are being indexed.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Facets } from "../api/facets.js";
import { fetchFacets } from "../api/facets.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf } from "../api/request.js";
import type { Status } from "../api/status.js";
import { fetchStatus } from "../api/status.js";

const pollMs = 2000;

export type Library = {
  status: Status | undefined;
  facets: Facets | undefined;
  failure: Failure | undefined;
  refresh(): void;
};

type Known = Omit<Library, "refresh">;

export function useLibrary(send: Send): Library {
  const [known, setKnown] = useState<Known>({ status: undefined, facets: undefined, failure: undefined });
  const running = useRef(new AbortController());

  const refresh = useCallback(() => {
    running.current.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    Promise.all([fetchStatus(send, signal), fetchFacets(send, signal)]).then(
      ([status, facets]) => {
        if (!signal.aborted) setKnown({ status, facets, failure: undefined });
      },
      (error: unknown) => {
        if (!signal.aborted) setKnown((before) => ({ ...before, failure: failureOf(error) }));
      },
    );
  }, [send]);

  useEffect(() => {
    refresh();
    const onLook = () => document.visibilityState === "visible" && refresh();
    document.addEventListener("visibilitychange", onLook);
    return () => {
      document.removeEventListener("visibilitychange", onLook);
      running.current.abort();
    };
  }, [refresh]);

  useEffect(() => {
    // `known` is a new object after each answer or failure, so this runs once for each and never piles up.
    if (known.status?.ingest.running !== true) return;
    const timer = setTimeout(refresh, pollMs);
    return () => clearTimeout(timer);
  }, [known, refresh]);

  return { ...known, refresh };
}
