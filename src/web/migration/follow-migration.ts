// Follows a migration: asks once, and while one is under way again and again, as long as somebody looks at the page.
import type { MigrationStatus } from "../api/migration.js";
import type { Failure } from "../api/request.js";
import { failureOf } from "../api/request.js";

export const pollMs = 2_000;

export type MigrationFollower = {
  onStatus(status: MigrationStatus | null): void;
  onFailure(failure: Failure): void;
};

export type MigrationPorts = {
  fetch(signal: AbortSignal): Promise<MigrationStatus | null>;
  isLookedAt(): boolean;
};

export type Following = {
  /** Asks at once: somebody looks at the page again, or wants another try. */
  ask(): void;
  /** Takes what an action has answered; an answer that is still on its way is older, and dropped. */
  take(status: MigrationStatus): void;
  end(): void;
};

export function isUnderWay(status: MigrationStatus | null): boolean {
  return status !== null && status.state !== "ended";
}

export function followMigration({ fetch, isLookedAt }: MigrationPorts, follower: MigrationFollower): Following {
  let request = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: MigrationStatus | null = null;

  const stop = () => {
    clearTimeout(timer);
    request.abort();
  };
  const askLater = () => {
    if (isUnderWay(last)) timer = setTimeout(() => isLookedAt() && ask(), pollMs);
  };
  const ask = () => {
    stop();
    request = new AbortController();
    const { signal } = request;
    fetch(signal).then(
      (status) => {
        if (signal.aborted) return;
        last = status;
        follower.onStatus(status);
        askLater();
      },
      (error: unknown) => {
        if (signal.aborted) return;
        follower.onFailure(failureOf(error));
        askLater();
      },
    );
  };
  ask();
  return {
    ask,
    take(status) {
      stop();
      last = status;
      follower.onStatus(status);
      askLater();
    },
    end: stop,
  };
}
