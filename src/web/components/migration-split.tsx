// Which share of the queries the new index answers, shown as a bar and chosen with buttons.
import type { MigrationStatus } from "../api/migration.js";
import { shares, splitMigration } from "../api/migration.js";
import type { Send } from "../api/request.js";
import type { Migration } from "../hooks/use-migration.js";
import { answeredShare } from "../migration/migration-words.js";

type Props = { send: Send; migration: Migration; status: MigrationStatus; canChange: boolean };

export function MigrationSplit({ send, migration, status, canChange }: Props) {
  const { isBusy, act } = migration;
  const answered = answeredShare(status);
  return (
    <section class="split" aria-labelledby="split-title">
      <h2 id="split-title" class="part-title">
        Queries
      </h2>
      <svg class="split-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="arm-source" width={100 - answered} height="10" />
        <rect class="arm-target" x={100 - answered} width={answered} height="10" />
      </svg>
      <p class="split-words">
        <span>
          <span class="swatch arm-source" />
          {100 - answered} % by the old index
        </span>
        <span>
          <span class="swatch arm-target" />
          {answered} % by the new one
        </span>
      </p>
      {canChange && (
        <>
          <fieldset class="segmented split-shares" aria-busy={isBusy}>
            <legend class="visually-hidden">Share of the queries that the new index answers</legend>
            {shares.map((share) => (
              <button
                key={share}
                type="button"
                class="segment-button"
                aria-pressed={share === status.share}
                onClick={() => act(() => splitMigration(send, share))}
              >
                {share} %
              </button>
            ))}
          </fieldset>
          <p class="state-hint">
            The same queries always go to the same index. A new one that turns out worse is taken off the queries by
            itself.
          </p>
        </>
      )}
    </section>
  );
}
