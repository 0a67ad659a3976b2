// Where models are looked for.

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { packageRoot } from "../package-root.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where Lodestone keeps what belongs to the user of this machine: $XDG_DATA_HOME/lodestone, which is ~/.local/share/...
 * where that is not set; below %LOCALAPPDATA% on Windows.
 */
export function userFolder(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = environment.HOME || homedir();
  const fallback =
    platform === "win32" ? environment.LOCALAPPDATA || join(home, "AppData", "Local") : join(home, ".local", "share");
  return join(environment.XDG_DATA_HOME || fallback, "lodestone");
}

/**
 * The folders of `further`; those of the environment variable LODESTONE_MODELS (separated as in PATH), or the user's own
 * where it is not set; and the bundled models. Of two models with one name the first counts.
 */
export function modelDirectories(further: readonly string[] = []): [string, ...string[]] {
  const named = (process.env.LODESTONE_MODELS ?? "").split(delimiter).filter((folder) => folder !== "");
  const own = named.length > 0 ? named : [join(userFolder(), "models")];
  const [first, ...rest] = [...further, ...own, join(packageRoot, "models")];
  return [first!, ...rest];
}

/** The same for the models of one library: those that came with it, restored from a snapshot, count first. */
export function libraryModelDirectories(library: string, further: readonly string[] = []): [string, ...string[]] {
  const own = join(library, "models");
  return existsSync(own) ? [own, ...modelDirectories(further)] : modelDirectories(further);
}
