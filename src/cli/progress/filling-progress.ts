// What a person sees while the new index of a migration is filled.

import { setTimeout as wait } from "node:timers/promises";
import type { Engine, MigrationStatus } from "../../engine/index.js";
import { LodestoneError } from "../../errors.js";
import { paceOf } from "../render/migration.js";
import { countOf, formatCount } from "../render/numbers.js";
import type { ProgressBar } from "./progress-bar.js";

const LOOK_EVERY_MS = 200;
/** How long documents that failed are given to succeed when nothing else is left to bring in. */
const PATIENCE_MS = 30_000;

/**
 * Waits until the index that is not active holds every document, drawing on `bar`. Resolves with the migration, or at once with undefined
 * where none is under way. Throws MIGRATION_INCOMPLETE where documents cannot be brought in; rejects when `signal` is aborted.
 */
export async function waitForFilling(
  { migration }: Pick<Engine, "migration">,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<MigrationStatus | undefined> {
  let stuckSinceMs: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const status = await migration.status();
    if (!status || status.state === "ended") return undefined;
    const { done, total } = status.documents;
    if (done >= total) return status;
    const facts = [`${formatCount(done)}/${countOf(total, "document")}`, ...paceOf(status)];
    bar.show("Filling the new index", done / total, facts.join("  "));
    const { failing } = status;
    if (failing && failing.documents >= total - done) {
      stuckSinceMs ??= performance.now();
      if (performance.now() - stuckSinceMs > PATIENCE_MS) throw stuck(failing);
    } else stuckSinceMs = undefined;
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}

function stuck({ documents, error }: NonNullable<MigrationStatus["failing"]>): LodestoneError {
  return new LodestoneError(
    "MIGRATION_INCOMPLETE",
    `${countOf(documents, "document")} cannot be brought into the new index, the last ${error}. ` +
      "Mend or delete what fails; the same command goes on from there.",
    { detail: { documents } },
  );
}
