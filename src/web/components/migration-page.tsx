// The migration of the library to another model, chunking or length of vectors: begun here, followed while it is filled, and decided
// by what the searches of both indexes were like.
import { useEffect, useRef } from "preact/hooks";
import type { MigrationStatus } from "../api/migration.js";
import type { Send } from "../api/request.js";
import type { Library } from "../hooks/use-library.js";
import type { Migration } from "../hooks/use-migration.js";
import { useMigration } from "../hooks/use-migration.js";
import { isUnderWay } from "../migration/follow-migration.js";
import { endWords, stateNames, stepOf, steps } from "../migration/migration-words.js";
import { plural } from "../text/numbers.js";
import { FailureNotice } from "./failure-notice.js";
import { Icon } from "./icon.js";
import { MigrationActions } from "./migration-actions.js";
import { MigrationArms } from "./migration-arms.js";
import { MigrationProgress } from "./migration-progress.js";
import { MigrationSplit } from "./migration-split.js";
import { MigrationStart } from "./migration-start.js";
import { MomentText } from "./moment-text.js";
import { RefusalNotice } from "./refusal-notice.js";
import { Skeleton } from "./skeleton.js";

type Props = { send: Send; library: Library };

export function MigrationPage({ send, library }: Props) {
  const migration = useMigration(send);
  const { status, failure, refusal, hasActed } = migration;
  const title = useRef<HTMLHeadingElement>(null);
  const state = status?.state;
  // What was pressed may be gone with the state that it belonged to; the focus must not be lost with it.
  useEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (state !== undefined && hasActed && isLost) title.current?.focus({ preventScroll: true });
  }, [state, hasActed]);
  return (
    <>
      <aside class="rail" aria-label="Steps">
        <Steps current={stepOf(status ?? null)} />
      </aside>
      <main class="main migration-main" id="migration">
        <p class="visually-hidden" role="status">
          {status && stateNames[status.state]}
        </p>
        <div class="page-head">
          <h1 ref={title} class="page-title" tabIndex={-1}>
            Migration
          </h1>
          {status && isUnderWay(status) && (
            <span class={`live live-${failure === undefined ? "live" : "lost"}`}>
              {failure === undefined ? stateNames[status.state] : "Connection lost, trying again"}
            </span>
          )}
        </div>
        {refusal !== undefined && <RefusalNotice failure={refusal} onDismiss={migration.dismiss} />}
        {status === undefined ? (
          failure === undefined ? (
            <Skeleton />
          ) : (
            <FailureNotice failure={failure} onRetry={migration.refresh} />
          )
        ) : status !== null && isUnderWay(status) ? (
          <UnderWay send={send} library={library} migration={migration} status={status} />
        ) : (
          <>
            {status !== null && <LastOne status={status} />}
            <MigrationStart send={send} library={library} migration={migration} />
          </>
        )}
      </main>
    </>
  );
}

type UnderWayProps = Props & { migration: Migration; status: MigrationStatus };

function UnderWay({ send, library, migration, status }: UnderWayProps) {
  const { failing, reason, documents } = status;
  const canChange = library.status?.library.readOnly === false;
  return (
    <>
      {reason !== null && status.share === 0 && (
        <p class="notice noted">
          <Icon name="notice" />
          <span>The new index was taken off the queries, {reason}.</span>
        </p>
      )}
      {failing !== null && (
        <p class="notice noted">
          <Icon name="notice" />
          <span>
            {plural(failing.documents, "document")} could not be brought in and will be tried again: {failing.error}
          </span>
        </p>
      )}
      {documents.done < documents.total && <MigrationProgress status={status} />}
      {(status.state === "ready" || status.state === "split") && (
        <MigrationSplit send={send} migration={migration} status={status} canChange={canChange} />
      )}
      <MigrationArms status={status} />
      {canChange && <MigrationActions send={send} library={library} migration={migration} status={status} />}
    </>
  );
}

function LastOne({ status }: { status: MigrationStatus }) {
  return (
    <p class="notice">
      The last migration ended {status.endedAt !== null && <MomentText iso={status.endedAt} />}. {endWords(status)}
    </p>
  );
}

function Steps({ current }: { current: number }) {
  return (
    <ol class="steps">
      {steps.map(({ name, meaning }, index) => (
        <li
          key={name}
          class={index < current ? "step done" : "step"}
          aria-current={index === current ? "step" : undefined}
        >
          <span class="step-name">{name}</span>
          <span class="step-meaning">{meaning}</span>
        </li>
      ))}
    </ol>
  );
}
