// Checks documents that a caller hands in.

import { z } from "zod";
import { LodestoneError } from "../errors.js";
import type { DocumentInput } from "../ingest/index.js";
import { parseInput } from "../input/parse-input.js";
import { stalenessPolicies } from "../lifecycle/index.js";
import { checkOwnId } from "../store/index.js";

/** One document as a caller writes it. */
export const documentInputSchema = z.strictObject({
  /** Names the document; putting another one under the same id replaces it. At most 1,024 bytes. */
  id: z.string().min(1).max(1024),
  text: z.string().max(64 * 1024 * 1024),
  /** Default: the first heading or short line of the text, else the id. */
  title: z.string().max(2000).optional(),
  type: z.enum(["text/plain", "text/markdown", "text/html"]).optional(),
  /** Strings, numbers, booleans and lists of them, to filter by. */
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** ISO 8601 date or milliseconds since 1970. */
  modifiedAt: z.union([z.string(), z.number()]).optional(),
  /** When its content is looked at again. Default: by the rules. */
  staleness: z.enum(stalenessPolicies).optional(),
});

const MAX_DOCUMENTS = 10_000;

/** The documents, checked. Throws INVALID_INPUT or UNKNOWN_FIELD naming the document. */
export function checkDocuments(documents: readonly DocumentInput[]): DocumentInput[] {
  if (!Array.isArray(documents) || documents.length > MAX_DOCUMENTS) {
    throw new LodestoneError(
      "INVALID_INPUT",
      `Expected a list of at most ${MAX_DOCUMENTS} documents. Send more in several calls.`,
    );
  }
  const seen = new Set<string>();
  return documents.map((document, i) => {
    const checked = parseInput(documentInputSchema, document, `Document ${i + 1} of ${documents.length}`);
    checkOwnId(checked.id);
    if (seen.has(checked.id)) {
      throw new LodestoneError(
        "INVALID_INPUT",
        `The id "${checked.id.slice(0, 80)}" stands twice in one call. Send each document once.`,
      );
    }
    seen.add(checked.id);
    return checked;
  });
}
