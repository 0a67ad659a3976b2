// Metadata: flat fields with scalar values or lists of scalars, which filters compare. Nested objects become dotted
// fields (author.name); a list of objects becomes a list per field.

import { LodestoneError } from "../errors.js";
import { normalise } from "./normalise.js";

export type MetadataScalar = string | number | boolean;
export type MetadataValue = MetadataScalar | MetadataScalar[];
export type Metadata = Record<string, MetadataValue>;

export const metadataLimits = { keyCharacters: 200, depth: 8, totalBytes: 64 * 1024 } as const;

/**
 * The metadata in `value`, flattened and normalised: null and undefined are dropped, dates become ISO strings.
 * Throws INVALID_INPUT for anything but an object, for NaN and Infinity, lists in lists, values that are neither scalars
 * nor objects, nesting past 8 levels, keys over 200 characters and more than 64 kB in all.
 */
export function checkMetadata(value: unknown): Metadata {
  if (!isObject(value)) throw invalid(`Metadata must be an object of fields; found ${nameOf(value)}.`);
  const fields = new Map<string, MetadataValue>();
  flatten(value, "", 1, fields);
  const metadata = Object.fromEntries(fields);
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  if (bytes > metadataLimits.totalBytes) {
    throw invalid(
      `Metadata may take 64 kB (${metadataLimits.totalBytes} bytes as JSON); this takes ${bytes}. ` +
        "Put long texts into the document's text.",
    );
  }
  return metadata;
}

function flatten(
  value: Record<string, unknown>,
  prefix: string,
  depth: number,
  fields: Map<string, MetadataValue>,
): void {
  if (depth > metadataLimits.depth) {
    throw invalid(`Metadata may nest ${metadataLimits.depth} levels deep; "${shorten(prefix)}" goes deeper.`);
  }
  for (const [name, entry] of Object.entries(value)) {
    const key = prefix + normalise(name).trim();
    checkKey(key, name);
    if (entry === null || entry === undefined) continue;
    if (Array.isArray(entry)) flattenList(entry, key, depth, fields);
    else if (isObject(entry)) flatten(entry, `${key}.`, depth + 1, fields);
    else add(fields, key, scalar(entry, key));
  }
}

function flattenList(list: unknown[], key: string, depth: number, fields: Map<string, MetadataValue>): void {
  const scalars: MetadataScalar[] = [];
  for (const item of list) {
    if (item === null || item === undefined) continue;
    if (Array.isArray(item))
      throw invalid(`Metadata field "${shorten(key)}" holds a list within a list; make it one list.`);
    if (isObject(item)) {
      const inner = new Map<string, MetadataValue>();
      flatten(item, `${key}.`, depth + 1, inner);
      for (const [name, value] of inner) append(fields, name, Array.isArray(value) ? value : [value]);
    } else scalars.push(scalar(item, key));
  }
  if (scalars.length > 0) append(fields, key, scalars);
}

function add(fields: Map<string, MetadataValue>, key: string, value: MetadataScalar): void {
  if (fields.has(key)) append(fields, key, [value]);
  else fields.set(key, value);
}

function append(fields: Map<string, MetadataValue>, key: string, values: MetadataScalar[]): void {
  const present = fields.get(key);
  if (Array.isArray(present)) for (const value of values) present.push(value);
  else fields.set(key, present === undefined ? [...values] : [present, ...values]);
}

function scalar(value: unknown, key: string): MetadataScalar {
  if (typeof value === "string") return normalise(value).trim();
  if (typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw invalid(
    `Metadata field "${shorten(key)}" must be a string, a finite number, true, false or a list of these; found ${nameOf(value)}.`,
  );
}

function checkKey(key: string, name: string): void {
  if (name.trim() === "") throw invalid("A metadata field has an empty name.");
  if (key.length > metadataLimits.keyCharacters) {
    throw invalid(
      `A metadata field's name may have ${metadataLimits.keyCharacters} characters; "${shorten(key)}" has ${key.length}.`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return String(value);
  if (value instanceof Date) return "an invalid date";
  return `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function invalid(message: string): LodestoneError {
  return new LodestoneError("INVALID_INPUT", message);
}
