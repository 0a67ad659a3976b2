// Health, asked for again every few seconds while somebody looks.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Health } from "../api/health.js";
import { fetchHealth } from "../api/health.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf, isAbort } from "../api/request.js";

const everyMs = 5_000;

export type WatchedHealth = { health: Health | undefined; failure: Failure | undefined; refresh(): void };

export function useHealth(send: Send): WatchedHealth {
  const [health, setHealth] = useState<Health>();
  const [failure, setFailure] = useState<Failure>();
  const ask = useRef<() => void>(() => {});

  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    const look = async () => {
      if (isAsking) return;
      isAsking = true;
      clearTimeout(timer);
      try {
        setHealth(await fetchHealth(send, stop.signal));
        setFailure(undefined);
      } catch (error) {
        if (!isAbort(error)) setFailure(failureOf(error));
      }
      isAsking = false;
      if (!stop.signal.aborted) timer = setTimeout(lookIfSeen, everyMs);
    };
    const lookIfSeen = () => {
      if (document.visibilityState === "visible") void look();
    };
    ask.current = () => void look();
    document.addEventListener("visibilitychange", lookIfSeen);
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", lookIfSeen);
    };
  }, [send]);

  return { health, failure, refresh: useCallback(() => ask.current(), []) };
}
