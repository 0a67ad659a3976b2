// The synonyms that an engine is opened with.

import { readFile } from "node:fs/promises";
import { LodestoneError, messageOf } from "../errors.js";
import { parseSynonyms, Synonyms } from "../retrieval/index.js";
import type { CheckedEngineOptions } from "./options.js";

/** Throws PATH_NOT_FOUND for a file that cannot be read, INVALID_INPUT naming the line of one that is not as it should be. */
export async function openSynonyms(options: CheckedEngineOptions["synonyms"]): Promise<Synonyms> {
  if (!options) return new Synonyms([]);
  const { file, weight } = options;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new LodestoneError("PATH_NOT_FOUND", `The file of synonyms ${file} cannot be read: ${messageOf(cause)}`, {
      cause,
      detail: { path: file },
    });
  });
  return new Synonyms(parseSynonyms(text, file, weight));
}
