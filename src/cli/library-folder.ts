// Which library a command works on: --library, else LODESTONE_LIBRARY, else one for the user of this machine.

import { homedir } from "node:os";
import { join, resolve } from "node:path";
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

/** $XDG_DATA_HOME/lodestone/library, which is ~/.local/share/... where that is not set; below %LOCALAPPDATA% on Windows. */
export function userLibrary(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  const home = environment.HOME || homedir();
  const fallback =
    platform === "win32" ? environment.LOCALAPPDATA || join(home, "AppData", "Local") : join(home, ".local", "share");
  return join(environment.XDG_DATA_HOME || fallback, "lodestone", "library");
}
