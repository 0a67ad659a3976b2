// The bundled bi-encoder as another model.

import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/package-root.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A folder of models with the bundled one under another name. */
export function otherModels(): string {
  const models = temporaryFolder();
  const folder = join(models, "other-embed-en");
  cpSync(join(packageRoot, "models", "minilex-embed-en"), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as object;
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...manifest, name: "other-embed-en" }));
  return models;
}
