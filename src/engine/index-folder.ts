// Where a library's index files lie, and the name of what they are made of: one generation of one library.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import type { Generation } from "../store/index.js";

export type IndexFolder = { directory: string; identity: string };

export function indexFolder(library: string, { id, createdAtMs, modelVersion }: Generation): IndexFolder {
  return {
    directory: join(library, "index"),
    // The moment tells generations of different libraries apart.
    identity: `${modelVersion}, generation ${id} of ${new Date(createdAtMs).toISOString()}`,
  };
}

/** Makes the folder where it is missing. Throws FILE_UNREADABLE naming it. */
export async function makeIndexFolder({ directory }: IndexFolder): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (cause) {
    throw new LodestoneError("FILE_UNREADABLE", `The folder ${directory} cannot be made: ${messageOf(cause)}.`, {
      cause,
      detail: { path: directory },
    });
  }
}
