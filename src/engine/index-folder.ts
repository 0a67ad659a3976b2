// Where the index files of a generation lie, and the name of what they are made of: one generation of one library.

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import type { Generation } from "../store/index.js";

export type IndexFolder = { directory: string; identity: string };

export function indexFolder(library: string, { id, createdAtMs, modelVersion }: Generation): IndexFolder {
  return {
    directory: directoryOf(library, id),
    // The moment tells generations of different libraries apart.
    identity: `${modelVersion}, generation ${id} of ${new Date(createdAtMs).toISOString()}`,
  };
}

/** Removes the files of a generation that is no more. What cannot be removed only takes room. */
export async function dropIndexFolder(library: string, { id }: Generation): Promise<void> {
  await rm(directoryOf(library, id), { recursive: true, force: true }).catch(() => undefined);
}

function directoryOf(library: string, generation: number): string {
  return join(library, "index", `generation-${generation}`);
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
