// All that a library holds, table by table: for tests of what a failure leaves behind.

import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";

export function wholeContent(db: Database): Record<string, string[]> {
  const names = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all();
  return Object.fromEntries(
    names.map((name) => [
      name,
      db
        .prepare<[], unknown[]>(`SELECT * FROM ${name}`)
        .raw()
        .all()
        .map((row) => JSON.stringify(row.map((value) => (Buffer.isBuffer(value) ? digestOf(value) : value)))),
    ]),
  );
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
