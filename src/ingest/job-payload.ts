// What a job is to do: JSON from the caller's thread, checked when it is submitted, kept compressed until the job is over.

import { promisify } from "node:util";
import { brotliCompress, brotliDecompressSync, constants } from "node:zlib";
import { LodestoneError } from "../errors.js";
import { type JobKind, tenantOfId } from "../store/index.js";
import type { OnDuplicate } from "./duplicate-guard.js";
import { incomingDocument } from "./incoming-document.js";
import type { DocumentInput } from "./ingest-worker.js";
import type { PathOptions } from "./path-items.js";
import { checkId, type IncomingDocument } from "./prepare.js";

export type JobPayload =
  | { kind: "put"; documents: IncomingDocument[]; onDuplicate?: OnDuplicate | undefined }
  | { kind: "remove"; ids: string[] }
  | { kind: "paths"; targets: string[]; cwd: string; options: PathOptions };

/** The same as the caller writes it. */
export type JobPayloadInput =
  | { kind: "put"; documents: DocumentInput[]; onDuplicate?: OnDuplicate | undefined }
  | { kind: "remove"; ids: string[] }
  | { kind: "paths"; targets: string[]; cwd: string; options: PathOptions };

/** The payload in UTF-8, of a tenant's job of this kind. Throws INVALID_INPUT for documents that can never be taken. */
export function parsePayload(kind: JobKind, tenant: string, bytes: Uint8Array): JobPayload {
  const input = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")) as
    | JobPayloadInput
    | undefined;
  if (input?.kind !== kind) throw new LodestoneError("INVALID_INPUT", `This is not what a job of kind "${kind}" does.`);
  if (input.kind === "paths" && tenant !== "") {
    throw new LodestoneError(
      "INVALID_INPUT",
      "Files and folders belong to no tenant. Put a tenant's documents instead.",
    );
  }
  const ids = input.kind === "put" ? input.documents.map(({ id }) => id) : input.kind === "remove" ? input.ids : [];
  if (ids.some((id) => tenantOfId(id) !== tenant)) {
    throw new LodestoneError("INVALID_INPUT", "A job is about documents of its own tenant alone.");
  }
  if (input.kind !== "put") return input;
  const documents = input.documents.map((document) => {
    checkId(document.id, tenant);
    return incomingDocument(document);
  });
  return { kind: "put", documents, onDuplicate: input.onDuplicate };
}

const brotli = promisify(brotliCompress);

/**
 * Brotli at quality 1: of what Node brings along the fastest by far (2 MB of documents: 7 ms, deflate at level 1: 20 ms) and
 * no larger. Runs on Node's thread pool.
 */
export function compressPayload(bytes: Uint8Array): Promise<Buffer> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 1,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_LGWIN]: 18,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
  };
  return brotli(bytes, { params });
}

/** A stored payload. */
export function readPayload(kind: JobKind, tenant: string, compressed: Uint8Array): JobPayload {
  return parsePayload(kind, tenant, brotliDecompressSync(compressed));
}
