// sqlite-vec's binary codes, rescored by float vectors as its guide describes. The floats lie in an ordinary table: reading
// them from a virtual one took five times as long.

import { openSqlite, reopenSqlite, type SqliteForm } from "./sqlite.js";
import { curve, type SystemModule } from "./system.js";

/** More than this one search does not give. */
const mostCandidates = 4096;

const binary: SqliteForm = {
  settings: curve("sqlite-vec binary", "oversampling", [4, 8, 16, 32, 64, 128]),
  structure: "its database: float vectors and codes",
  tables: (dimensions) => `create virtual table codes using vec0(code bit[${dimensions}], part integer);
    create table vectors (id integer primary key, vector blob)`,
  inserts: [
    {
      sql: "insert into codes (rowid, code, part) values (?, vec_quantize_binary(?), ?)",
      values: (row, vector, part) => [row, vector, part],
    },
    { sql: "insert into vectors (id, vector) values (?, ?)", values: (row, vector) => [row, vector] },
  ],
  select: (where) => `with candidates as (
      select rowid from codes where code match vec_quantize_binary(?) and k = ? ${where} order by distance)
    select id as rowid from candidates join vectors on id = candidates.rowid
    order by vec_distance_l2(vector, ?) limit ?`,
  values: (query, k, { parameters }, filter) => [
    query,
    Math.min(Math.ceil((parameters.oversampling ?? 1) * k), mostCandidates),
    ...filter,
    query,
    k,
  ],
  deletes: ["delete from codes where rowid = ?", "delete from vectors where id = ?"],
};

export const openSystem: SystemModule["openSystem"] = (place) => openSqlite(place, binary);
export const reopenSystem: SystemModule["openSystem"] = (place) => reopenSqlite(place, binary);
