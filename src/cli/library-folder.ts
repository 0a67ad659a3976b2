// Which library a command works on: --library, else LODESTONE_LIBRARY, else one for the user of this machine.

import { join, resolve } from "node:path";
import { userFolder } from "../engine/index.js";
import { packageRoot } from "../package-root.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of the library. `start` keeps one inside the package instead of the user's own. */
export function libraryFolder(
  asked: string | undefined,
  {
    environment = process.env,
    fallback = userLibrary(environment),
  }: { environment?: Environment; fallback?: string } = {},
): string {
  return resolve(asked ?? (environment.LODESTONE_LIBRARY || fallback));
}

/** The library that `lodestone start` makes for a first look. */
export const sampleLibrary = join(packageRoot, "data", "library");

/** The user's own library. */
export function userLibrary(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  return join(userFolder(environment, platform), "library");
}
