// The installed models, asked for again when the page is looked at again: one may have been imported meanwhile.
import { useEffect, useState } from "preact/hooks";
import type { InstalledModel } from "../api/models.js";
import { fetchModels } from "../api/models.js";
import type { Send } from "../api/request.js";

/** "loading", and "unknown" where the server did not tell. */
export type Models = readonly InstalledModel[] | "loading" | "unknown";

export function useModels(send: Send): Models {
  const [models, setModels] = useState<Models>("loading");
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const look = () => {
      if (document.visibilityState !== "visible") return;
      fetchModels(send, signal).then(
        (installed) => signal.aborted || setModels(installed),
        () => signal.aborted || setModels((before) => (before === "loading" ? "unknown" : before)),
      );
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      stop.abort();
      document.removeEventListener("visibilitychange", look);
    };
  }, [send]);
  return models;
}
