// The models at hand: folders with a manifest in one or several directories. Looking one up reads its manifest and the
// sizes of its files, never their content, so that a missing or damaged model fails in milliseconds.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import { nearestName } from "../input/nearest-name.js";
import { type ImportOptions, importModel } from "./import-model.js";
import { isModelName, type ModelRole, parseManifest } from "./manifest.js";
import { hasRole, type Model, type ModelOf, modelOf } from "./model.js";
import { expectComplete, verifyFiles } from "./model-files.js";
import { manifestName } from "./place-model.js";

export type Catalogue = {
  /** Every model, and every folder that looks like one but cannot be used, with the reason. */
  list(): { models: Model[]; damaged: { directory: string; error: LodestoneError }[] };
  /** The model of that name, whatever its role. Throws MODEL_NOT_FOUND, MODEL_INVALID or MODEL_ALTERED. */
  get(name: string): Model;
  /** The model of a role: the named one, else the first by directory and name. Throws as `get`. */
  find<R extends ModelRole>(role: R, name?: string): ModelOf<R>;
  /** Hashes every file of a model against its manifest. Throws MODEL_ALTERED or MODEL_INVALID. */
  verify(name: string): Promise<Model>;
  /** Copies a Hugging Face folder into the first directory, or writes the manifest of one that lies there already. */
  importFolder(folder: string, options?: ImportOptions): Promise<Model>;
};

/** Models of `directories`; of two with one name the first directory's counts. A directory need not exist yet. */
export function openCatalogue(directories: readonly [string, ...string[]]): Catalogue {
  const roots = directories.map((directory) => resolve(directory));

  const list: Catalogue["list"] = () => {
    const models: Model[] = [];
    const damaged: { directory: string; error: LodestoneError }[] = [];
    const seen = new Set<string>();
    for (const root of roots) {
      for (const name of folderNames(root)) {
        const directory = join(root, name);
        if (seen.has(name) || !looksLikeModel(directory)) continue;
        seen.add(name);
        try {
          models.push(readModel(directory, name));
        } catch (error) {
          if (!(error instanceof LodestoneError)) throw error;
          damaged.push({ directory, error });
        }
      }
    }
    return { models, damaged };
  };

  const get = (name: string): Model => {
    const directory = roots.map((root) => join(root, name)).find((path) => isModelName(name) && existsSync(path));
    if (directory === undefined) throw notFound(`No model "${name}"`, name);
    return readModel(directory, name);
  };

  const notFound = (what: string, name?: string): LodestoneError => {
    const known = list().models.map(({ manifest }) => manifest.name);
    const near = name === undefined ? undefined : nearestName(name, known);
    const hint = near ? ` Did you mean "${near}"?` : known.length > 0 ? ` There is ${known.join(", ")}.` : "";
    return new LodestoneError(
      "MODEL_NOT_FOUND",
      `${what} in ${roots.join(" or ")}.${hint} Bring one in with "lodestone models import <folder>".`,
      { detail: { directories: roots, known, ...(name === undefined ? {} : { name }) } },
    );
  };

  return {
    list,
    get,
    find<R extends ModelRole>(role: R, name?: string): ModelOf<R> {
      if (name === undefined) {
        const { models, damaged } = list();
        const found = models.find((model) => hasRole(model, role));
        if (found) return found;
        throw damaged[0]?.error ?? notFound(`No ${role}`);
      }
      const model = get(name);
      if (hasRole(model, role)) return model;
      const fitting = list().models.filter((other) => hasRole(other, role));
      throw new LodestoneError(
        "MODEL_INVALID",
        `"${name}" is a ${model.manifest.role}; a ${role} is needed here (there is ${fitting.map(({ manifest }) => manifest.name).join(", ") || "none"}).`,
        { detail: { name, role: model.manifest.role, needed: role } },
      );
    },
    async verify(name) {
      const model = get(name);
      await verifyFiles(model, Object.keys(model.manifest.files));
      return model;
    },
    importFolder: (folder, options) => importModel(folder, roots[0] as string, options),
  };
}

// Hidden folders are imports under way; their names are no model names.
function folderNames(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => isModelName(name) && statSync(join(root, name)).isDirectory())
    .sort();
}

function looksLikeModel(directory: string): boolean {
  return existsSync(join(directory, manifestName)) || existsSync(join(directory, "config.json"));
}

function readModel(directory: string, name: string): Model {
  const path = join(directory, manifestName);
  if (!existsSync(path)) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `${directory} has no ${manifestName}. Write it with "lodestone models import ${directory}".`,
      {
        detail: { directory },
      },
    );
  }
  const manifest = parseManifest(readJson(path), path);
  if (manifest.name !== name) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `${path} is the manifest of "${manifest.name}"; rename the folder to that, or the manifest's name to "${name}".`,
      {
        detail: { directory, name: manifest.name },
      },
    );
  }
  const model = modelOf(manifest, directory);
  expectComplete(model);
  return model;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LodestoneError("MODEL_INVALID", `${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
      detail: { path },
    });
  }
}
