// The migration of the library, followed while it is under way, and what is asked of it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { MigrationStatus } from "../api/migration.js";
import { fetchMigration } from "../api/migration.js";
import type { Failure, Send } from "../api/request.js";
import { failureOf } from "../api/request.js";
import type { Following } from "../migration/follow-migration.js";
import { followMigration } from "../migration/follow-migration.js";

export type Migration = {
  /** undefined: not known yet; null: there was none. */
  status: MigrationStatus | null | undefined;
  /** Why the last question had no answer. */
  failure: Failure | undefined;
  /** Why the last action was refused. */
  refusal: Failure | undefined;
  isBusy: boolean;
  /** Whether anything was done here, and not only looked at. */
  hasActed: boolean;
  /** Does something to the migration, one thing at a time; resolves, refused or not. */
  act(work: () => Promise<MigrationStatus>): Promise<void>;
  take(status: MigrationStatus): void;
  refresh(): void;
  dismiss(): void;
};

export function useMigration(send: Send): Migration {
  const [status, setStatus] = useState<MigrationStatus | null>();
  const [failure, setFailure] = useState<Failure>();
  const [refusal, setRefusal] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const acting = useRef({ isBusy: false, hasActed: false });
  const following = useRef<Following>(undefined);

  useEffect(() => {
    const followed = followMigration(
      {
        fetch: (signal) => fetchMigration(send, signal),
        isLookedAt: () => document.visibilityState === "visible",
      },
      {
        onStatus(next) {
          setStatus(next);
          setFailure(undefined);
        },
        onFailure: setFailure,
      },
    );
    following.current = followed;
    const onLook = () => document.visibilityState === "visible" && followed.ask();
    document.addEventListener("visibilitychange", onLook);
    return () => {
      document.removeEventListener("visibilitychange", onLook);
      followed.end();
    };
  }, [send]);

  const take = useCallback((next: MigrationStatus) => {
    acting.current.hasActed = true;
    following.current?.take(next);
  }, []);
  const act = useCallback(
    async (work: () => Promise<MigrationStatus>) => {
      if (acting.current.isBusy) return;
      acting.current.isBusy = true;
      setBusy(true);
      try {
        take(await work());
        setRefusal(undefined);
      } catch (error) {
        setRefusal(failureOf(error));
      }
      acting.current.isBusy = false;
      setBusy(false);
    },
    [take],
  );
  return {
    status,
    failure,
    refusal,
    isBusy,
    hasActed: acting.current.hasActed,
    act,
    take,
    refresh: useCallback(() => following.current?.ask(), []),
    dismiss: useCallback(() => setRefusal(undefined), []),
  };
}
