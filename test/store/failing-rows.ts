// Writes of rows of which one fails as on a full disk: the first, the second, and so on, as a test counts up.

import Database from "better-sqlite3";

export type FailingRows = {
  /** Row number `n` that is written from now on, from 0, is not; Infinity: all are. */
  failAt(n: number): void;
  /** Rows that were written, or tried, since. */
  readonly written: number;
};

export function failingRows(db: Database.Database): FailingRows {
  let written = 0;
  let failing = Number.POSITIVE_INFINITY;
  db.function("write_of_row", () => {
    if (written++ === failing) throw new Database.SqliteError("database or disk is full", "SQLITE_FULL");
    return null;
  });
  const tables = db
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'sqlite_%'`,
    )
    .pluck()
    .all();
  for (const table of tables) {
    for (const change of ["INSERT", "UPDATE", "DELETE"]) {
      db.exec(
        `CREATE TEMP TRIGGER fail_${table}_${change} BEFORE ${change} ON main.${table} BEGIN SELECT write_of_row(); END`,
      );
    }
  }
  // Statements that were prepared before know of no trigger until the schema is another one.
  db.exec("CREATE TABLE main.passing (x); DROP TABLE main.passing");
  return {
    failAt(n) {
      written = 0;
      failing = n;
    },
    get written() {
      return written;
    },
  };
}
