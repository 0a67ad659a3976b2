// The folders whose files are indexed, each with the name under which paths and ids of its documents begin.

import type { Database } from "better-sqlite3";

export type Source = { name: string; path: string };

export function readSources(db: Database): Source[] {
  return db.prepare<[], Source>("SELECT name, path FROM sources ORDER BY name").all();
}
