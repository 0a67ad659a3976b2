// What the page of the documents shows, as its fragment holds it: #/documents?find=&folder=&type=&type=&page=&id=. Defaults are left
// out. And the filter that the server is asked with.
import type { DocumentFilter } from "../api/documents.js";
import { fragmentOf } from "../routing/pages.js";

export type DocumentsView = {
  /** As it was typed. */
  find: string;
  folder: string | undefined;
  types: readonly string[];
  /** From 1. */
  page: number;
  /** The document that is open. */
  id: string | undefined;
};

export const allDocuments: DocumentsView = { find: "", folder: undefined, types: [], page: 1, id: undefined };

export const pageDocuments = 50;
// The server counts the documents before a page in a number of at most nine digits.
const lastPage = 10_000_000;

/** Values that make no sense are ignored: an address may be typed by hand. */
export function parseDocumentsView(parameters: URLSearchParams): DocumentsView {
  const page = Number(parameters.get("page"));
  return {
    find: parameters.get("find") ?? "",
    folder: parameters.get("folder") || undefined,
    types: [...new Set(parameters.getAll("type").filter((type) => type !== ""))].sort(),
    page: Number.isInteger(page) && page >= 1 && page <= lastPage ? page : 1,
    id: parameters.get("id") || undefined,
  };
}

export function documentsFragment({ find, folder, types, page, id }: DocumentsView): string {
  return fragmentOf("documents", {
    find: find === "" ? undefined : find,
    folder,
    type: [...types].sort(),
    page: page === 1 ? undefined : String(page),
    id,
  });
}

/** Undefined where every document is wanted. */
export function filterOf({ find, folder, types }: DocumentsView): DocumentFilter | undefined {
  const conditions: DocumentFilter[] = [
    ...(find.trim() === "" ? [] : [{ or: found(find.trim()) }]),
    ...(folder === undefined ? [] : [{ folder }]),
    ...(types.length === 0 ? [] : [{ type: { in: types } }]),
  ];
  return conditions.length < 2 ? conditions[0] : { and: conditions };
}

// The beginning of an id, a path or a title; and where it is written like "field:value", also documents whose field has that value.
function found(text: string): DocumentFilter[] {
  const beginnings = spellings(text).flatMap((spelling) =>
    ["id", "path", "title"].map((field) => ({ [field]: beginningWith(spelling) })),
  );
  const [, field, value] = /^([^\s:]+):\s*(.+)$/.exec(text) ?? [];
  const condition = field === undefined || value === undefined ? undefined : fieldCondition(field, value);
  return condition === undefined ? beginnings : [...beginnings, condition];
}

// Texts are compared by code point: whatever begins with these letters lies between them and them with the last one behind.
function beginningWith(text: string): { gte: string; lt: string } {
  return { gte: text, lt: `${text}\u{10ffff}` };
}

// The server tells small letters from capitals; a title begins with a capital more often than one is typed.
function spellings(text: string): string[] {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  const rest = text.slice(first.length);
  return [...new Set([text, first.toUpperCase() + rest, first.toLowerCase() + rest])];
}

const textFields = ["id", "title", "type", "path", "folder"];

function fieldCondition(field: string, value: string): DocumentFilter | undefined {
  if (textFields.includes(field)) return { [field]: value };
  if (field === "modifiedAt") return isDate(value) ? { [field]: value } : undefined;
  // The server never takes a number for its text, and who types cannot tell which of them a field holds.
  if (value === "true" || value === "false") return { [field]: { in: [value, value === "true"] } };
  const number = Number(value);
  return { [field]: { in: Number.isFinite(number) ? [value, number] : [value] } };
}

// A year, a month or a day that exists.
function isDate(text: string): boolean {
  if (!/^\d{4}(-\d{2}){0,2}$/.test(text)) return false;
  const date = new Date(`${text}${"-01".repeat((10 - text.length) / 3)}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
