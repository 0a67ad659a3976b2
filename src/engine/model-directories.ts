// Where models are looked for.

import { delimiter, join } from "node:path";
import { packageRoot } from "../package-root.js";

/**
 * The folders of `further`, then those of the environment variable LODESTONE_MODELS (separated as in PATH), then the
 * bundled models. Of two models with one name the first counts.
 */
export function modelDirectories(further: readonly string[] = []): [string, ...string[]] {
  const fromEnvironment = (process.env.LODESTONE_MODELS ?? "").split(delimiter).filter((folder) => folder !== "");
  const [first, ...rest] = [...further, ...fromEnvironment, join(packageRoot, "models")];
  return [first!, ...rest];
}
