// The verbs that change a migration, one after another: what one begins, another one does not find half done.

import type { MigrationVerbs } from "./migration-options.js";

export function inTurn(verbs: MigrationVerbs): MigrationVerbs {
  let last: Promise<unknown> = Promise.resolve();
  const after = <T>(change: () => Promise<T>): Promise<T> => {
    const done = last.then(change);
    // Who asked for it is told when it fails; the next one begins all the same.
    last = done.catch(() => undefined);
    return done;
  };
  return {
    status: () => verbs.status(),
    start: (request) => after(() => verbs.start(request)),
    split: (share) => after(() => verbs.split(share)),
    promote: () => after(() => verbs.promote()),
    rollback: (reason) => after(() => verbs.rollback(reason)),
    finish: () => after(() => verbs.finish()),
  };
}
