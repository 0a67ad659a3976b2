// Turns a document that a caller handed in into one that can be prepared.

import { checkMetadata, normalise } from "../documents/index.js";
import { LodestoneError } from "../errors.js";
import { parseDocument } from "../readers/index.js";
import { unscopedId } from "../store/index.js";
import type { DocumentInput } from "./ingest-worker.js";
import type { IncomingDocument } from "./prepare.js";

/** Throws INVALID_INPUT for metadata or a date that cannot be. */
export function incomingDocument(input: DocumentInput): IncomingDocument {
  const parsed = parseDocument(input.text, input.type ?? "text/plain", input.title ?? unscopedId(input.id));
  return {
    ...parsed,
    id: input.id,
    title: input.title === undefined ? parsed.title : normalise(input.title),
    metadata: { ...parsed.metadata, ...checkMetadata(input.metadata ?? {}) },
    path: null,
    file: null,
    staleness: input.staleness,
    modifiedAtMs: input.modifiedAt === undefined ? null : instant(input.modifiedAt, unscopedId(input.id)),
  };
}

function instant(value: string | number, id: string): number {
  const ms = typeof value === "number" ? value : Date.parse(value);
  if (Number.isFinite(ms) && Math.abs(ms) <= 8.64e15) return Math.round(ms);
  throw new LodestoneError(
    "INVALID_INPUT",
    `Document "${id.slice(0, 80)}": modifiedAt is an ISO 8601 date or milliseconds since 1970, not ${JSON.stringify(value)}.`,
  );
}
