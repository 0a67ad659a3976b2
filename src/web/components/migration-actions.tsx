// What can be decided: have the new index take over, take it off again, and drop the one that lost.
import { useState } from "preact/hooks";
import type { MigrationStatus } from "../api/migration.js";
import { finishMigration, promoteMigration, rollBackMigration } from "../api/migration.js";
import type { Send } from "../api/request.js";
import type { Library } from "../hooks/use-library.js";
import type { Migration } from "../hooks/use-migration.js";
import { ConfirmDialog } from "./confirm-dialog.js";

type Props = { send: Send; library: Library; migration: Migration; status: MigrationStatus };

export function MigrationActions({ send, library, migration, status }: Props) {
  const [isAsking, setAsking] = useState(false);
  const { state } = status;
  const isPromoted = state === "promoted";
  const loser = isPromoted ? "old" : "new";
  const act = (work: (send: Send) => Promise<MigrationStatus>) => migration.act(() => work(send)).then(library.refresh);
  const actions = [
    {
      name: "Promote",
      meaning: "The new index answers all queries. The old one is kept up, for a way back.",
      isOffered: state === "ready" || state === "split",
      run: () => act(promoteMigration),
    },
    {
      name: "Roll back",
      meaning: "The old index answers all queries again. The new one is kept.",
      isOffered: state === "split" || isPromoted,
      run: () => act(rollBackMigration),
    },
    {
      name: "Finish",
      meaning: `Drops the ${loser} index and ends the migration. There is no way back from there.`,
      isOffered: true,
      run: () => setAsking(true),
    },
  ];
  return (
    <section class="decisions" aria-labelledby="decisions-title">
      <h2 id="decisions-title" class="part-title">
        Decide
      </h2>
      <ul>
        {actions
          .filter(({ isOffered }) => isOffered)
          .map(({ name, meaning, run }) => (
            <li key={name} class="decision">
              <p id={`meaning-${name}`}>{meaning}</p>
              <button
                type="button"
                class="button"
                aria-describedby={`meaning-${name}`}
                aria-disabled={migration.isBusy}
                onClick={run}
              >
                {name}
              </button>
            </li>
          ))}
      </ul>
      {isAsking && (
        <ConfirmDialog
          title={`Drop the ${loser} index?`}
          action={`Drop the ${loser} index`}
          onConfirm={async () => migration.take(await finishMigration(send))}
          onDone={library.refresh}
          onClose={() => setAsking(false)}
        >
          <p>
            {isPromoted
              ? "The new index answers all queries from here on. Going back takes another migration."
              : "The old index goes on answering all queries. What was built of the new one is lost."}
          </p>
        </ConfirmDialog>
      )}
    </section>
  );
}
