// sqlite-vec's exact scan. By Euclidean distance, which orders unit vectors as the cosine does and is its quickest.

import { openSqlite, reopenSqlite, type SqliteForm } from "./sqlite.js";
import type { SystemModule } from "./system.js";

const exact: SqliteForm = {
  settings: [{ family: "sqlite-vec", label: "exact", parameters: {} }],
  structure: "its database",
  tables: (dimensions) => `create virtual table vectors using vec0(vector float[${dimensions}], part integer)`,
  inserts: [
    {
      sql: "insert into vectors (rowid, vector, part) values (?, ?, ?)",
      values: (row, vector, part) => [row, vector, part],
    },
  ],
  select: (where) => `select rowid from vectors where vector match ? and k = ? ${where} order by distance`,
  values: (query, k, _setting, filter) => [query, k, ...filter],
  deletes: ["delete from vectors where rowid = ?"],
};

export const openSystem: SystemModule["openSystem"] = (place) => openSqlite(place, exact);
export const reopenSystem: SystemModule["openSystem"] = (place) => reopenSqlite(place, exact);
