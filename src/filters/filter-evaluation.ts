// Whether a filter holds for one document: the plain meaning of filters, against which the store's SQL is tested.

import type { FilterNode, FilterRange, FilterScalar } from "./filter.js";

/** What a filter can see of a document. */
export type FilteredDocument = {
  id: string;
  title: string;
  /** Media type. */
  type: string;
  /** With forward slashes. */
  path?: string;
  modifiedAtMs?: number;
  metadata: Readonly<Record<string, FilterScalar | readonly FilterScalar[]>>;
};

export function evaluateFilter(node: FilterNode, document: FilteredDocument): boolean {
  switch (node.kind) {
    case "and":
      return node.nodes.every((child) => evaluateFilter(child, document));
    case "or":
      return node.nodes.some((child) => evaluateFilter(child, document));
    case "not":
      return !evaluateFilter(node.node, document);
    case "exists":
      return node.field === "folder" ? (document.path ?? "").includes("/") : valuesOf(document, node.field).length > 0;
    case "eq":
      return equals(document, node.field, node.value);
    case "in":
      return node.values.some((value) => equals(document, node.field, value));
    case "range":
      return valuesOf(document, node.field).some((value) => inRange(value, node));
    default:
      return node satisfies never;
  }
}

function equals(document: FilteredDocument, field: string, value: FilterScalar): boolean {
  if (field !== "folder") return valuesOf(document, field).includes(value);
  return document.path !== undefined && (value === "" || document.path.startsWith(`${value}/`));
}

function valuesOf(document: FilteredDocument, field: string): readonly FilterScalar[] {
  switch (field) {
    case "id":
    case "title":
    case "type":
      return [document[field]];
    case "path":
      return document.path === undefined ? [] : [document.path];
    case "modifiedAt":
      return document.modifiedAtMs === undefined ? [] : [document.modifiedAtMs];
    default: {
      const value = Object.hasOwn(document.metadata, field) ? document.metadata[field]! : [];
      return Array.isArray(value) ? value : [value as FilterScalar];
    }
  }
}

function inRange(value: FilterScalar, { gt, gte, lt, lte }: FilterRange): boolean {
  const kind = typeof (gt ?? gte ?? lt ?? lte);
  if (typeof value === "boolean" || typeof value !== kind) return false;
  return (
    (gt === undefined || compare(value, gt) > 0) &&
    (gte === undefined || compare(value, gte) >= 0) &&
    (lt === undefined || compare(value, lt) < 0) &&
    (lte === undefined || compare(value, lte) <= 0)
  );
}

// Texts by code point, as SQLite's BINARY collation orders UTF-8; JavaScript's own order goes by UTF-16 units.
function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
