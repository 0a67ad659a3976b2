// How far the index that is not in use is filled.
import type { MigrationStatus } from "../api/migration.js";
import { progressWords } from "../migration/migration-words.js";

export function MigrationProgress({ status }: { status: MigrationStatus }) {
  const { done, total } = status.documents;
  return (
    <section class="filling" aria-label="Filling">
      <progress class="filling-bar" aria-label="Documents in the new index" max={total} value={done} />
      <p class="filling-facts">
        {progressWords(status).map((words) => (
          <span key={words}>{words}</span>
        ))}
      </p>
      <p class="state-hint">
        It goes on when this page is closed, and after a restart. Searches are answered by the index in use meanwhile.
      </p>
    </section>
  );
}
