// Filters as SQL over the registry's indexes. What the SQL must answer is defined by `evaluateFilter`; a property test
// holds the two together.

import type { Database } from "better-sqlite3";
import type { FilterNode, FilterRange, FilterScalar } from "../filters/index.js";
import { storedValue } from "./fields.js";

export type Condition = { sql: string; values: (string | number)[] };

const SYSTEM_COLUMNS: ReadonlyMap<string, string> = new Map([
  ["id", "d.own_id"],
  ["title", "d.title"],
  ["type", "d.media_type"],
  ["path", "d.path"],
  ["modifiedAt", "d.modified_at_ms"],
]);

/** Keys of a tenant's documents for which the filter holds, ascending. */
export function documentsMatching(db: Database, tenant: string, filter: FilterNode): Uint32Array {
  const { sql, values } = conditionOf(filter);
  return Uint32Array.from(
    db
      .prepare<unknown[], number>(`SELECT d.key FROM documents d WHERE d.tenant = ? AND ${sql} ORDER BY d.key`)
      .pluck()
      .all(tenant, ...values),
  );
}

/** SQL over `documents d` that holds for those that meet the filter, and what is bound in it. */
export function conditionOf(node: FilterNode): Condition {
  switch (node.kind) {
    case "and":
      return joined(node.nodes, "AND", "1");
    case "or":
      return joined(node.nodes, "OR", "0");
    case "not": {
      // A missing value makes a comparison NULL, which NOT would keep: what does not hold must be false.
      const { sql, values } = conditionOf(node.node);
      return { sql: `NOT coalesce(${sql}, 0)`, values };
    }
    case "eq":
      return inCondition(node.field, [node.value]);
    case "in":
      return inCondition(node.field, node.values);
    case "range":
      return rangeCondition(node.field, node);
    case "exists":
      return existsCondition(node.field);
    default:
      return node satisfies never;
  }
}

function joined(nodes: readonly FilterNode[], operator: "AND" | "OR", ofNone: string): Condition {
  if (nodes.length === 0) return { sql: ofNone, values: [] };
  const conditions = nodes.map(conditionOf);
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${operator} `)})`,
    values: conditions.flatMap(({ values }) => values),
  };
}

function inCondition(field: string, values: readonly FilterScalar[]): Condition {
  if (values.length === 0) return { sql: "0", values: [] };
  if (field === "folder") {
    const folders = values.map((folder) => folderCondition(String(folder)));
    return { sql: `(${folders.map(({ sql }) => sql).join(" OR ")})`, values: folders.flatMap(({ values }) => values) };
  }
  const column = SYSTEM_COLUMNS.get(field);
  if (column) return { sql: `${column} IN (${places(values)})`, values: values.map(asBound) };
  const stored = values.map(storedValue);
  const tests = VALUE_COLUMNS.flatMap((name) => {
    const wanted = stored.flatMap((value) => value[name] ?? []);
    return wanted.length === 0 ? [] : [{ sql: `${name} IN (${places(wanted)})`, values: wanted }];
  });
  return withField(
    field,
    `(${tests.map(({ sql }) => sql).join(" OR ")})`,
    tests.flatMap(({ values }) => values),
  );
}

const VALUE_COLUMNS = ["text", "number", "truth"] as const;

function rangeCondition(field: string, range: FilterRange): Condition {
  const bounds = (["gt", "gte", "lt", "lte"] as const).flatMap((name) => {
    const bound = range[name];
    return bound === undefined ? [] : [{ operator: OPERATORS[name], bound }];
  });
  const column = SYSTEM_COLUMNS.get(field) ?? (typeof bounds[0]!.bound === "number" ? "number" : "text");
  const sql = bounds.map(({ operator }) => `${column} ${operator} ?`).join(" AND ");
  const values = bounds.map(({ bound }) => bound);
  return SYSTEM_COLUMNS.has(field) ? { sql: `(${sql})`, values } : withField(field, sql, values);
}

const OPERATORS = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

function existsCondition(field: string): Condition {
  if (field === "folder") return { sql: "instr(coalesce(d.path, ''), '/') > 0", values: [] };
  const column = SYSTEM_COLUMNS.get(field);
  return column ? { sql: `${column} IS NOT NULL`, values: [] } : withField(field, "1", []);
}

function withField(field: string, sql: string, values: (string | number)[]): Condition {
  return {
    sql: `d.key IN (SELECT document_key FROM document_fields WHERE field = ? AND ${sql})`,
    values: [field, ...values],
  };
}

function folderCondition(folder: string): Condition {
  if (folder === "") return { sql: "d.path IS NOT NULL", values: [] };
  // "0" is the character after "/": the range holds just the paths that begin with the folder.
  return { sql: "(d.path >= ? AND d.path < ?)", values: [`${folder}/`, `${folder}0`] };
}

function places(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}

function asBound(value: FilterScalar): string | number {
  return typeof value === "boolean" ? String(value) : value;
}
