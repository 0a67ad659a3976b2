// A folder in the Hugging Face layout as the import sees it: which files it has and what its JSON files say.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";

export type ModelFolderContents = {
  readonly directory: string;
  /** Relative paths with forward slashes, sorted. */
  readonly files: readonly string[];
  /** A JSON object of the folder; undefined where the file is not there. */
  json(path: string): Record<string, unknown> | undefined;
  /** A list of JSON objects, as in modules.json. */
  jsonList(path: string): Record<string, unknown>[];
  text(path: string): string | undefined;
};

export function readModelFolder(folder: string): ModelFolderContents {
  const directory = resolve(folder);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new LodestoneError(
      "PATH_NOT_FOUND",
      `There is no folder ${directory}. Name the folder of a model in the Hugging Face layout (config.json, tokenizer.json, onnx/model.onnx).`,
      {
        detail: { path: directory },
      },
    );
  }
  const files = ["", ...subfolders(directory)].flatMap((folderName) => filesIn(directory, folderName)).sort();
  const text = (path: string) => (files.includes(path) ? readFileSync(join(directory, path), "utf8") : undefined);
  const parse = (path: string): unknown => {
    const content = text(path);
    if (content === undefined) return undefined;
    try {
      return JSON.parse(content);
    } catch (error) {
      throw new LodestoneError("MODEL_INVALID", `${join(directory, path)} is not JSON: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
  return {
    directory,
    files,
    text,
    json(path) {
      const value = parse(path);
      if (value === undefined || isObject(value)) return value;
      throw new LodestoneError("MODEL_INVALID", `${join(directory, path)} holds no JSON object.`);
    },
    jsonList(path) {
      const value = parse(path) ?? [];
      return Array.isArray(value) ? value.filter(isObject) : [];
    },
  };
}

// One level down, where the layout has onnx/ and 1_Pooling/: a folder named by mistake may hold a whole disk.
function subfolders(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name);
}

// Links count as what they lead to: the hub's cache is made of them. One that leads nowhere is a download cut short.
function filesIn(directory: string, folderName: string): string[] {
  return readdirSync(join(directory, folderName))
    .map((name) => (folderName === "" ? name : `${folderName}/${name}`))
    .filter((path) => statSync(join(directory, path), { throwIfNoEntry: false })?.isFile() === true);
}

/** The name of the model and, where the folder is a snapshot of the hub's cache, where it came from. */
export function originOf({ directory, text, json }: ModelFolderContents): {
  name: string;
  revision: string;
  source?: string;
} {
  const snapshot = /models--([^/\\]+)--([^/\\]+)[/\\]snapshots[/\\]([0-9a-f]{40})$/.exec(directory);
  if (snapshot) {
    const [, owner, name, revision] = snapshot as unknown as [string, string, string, string];
    return { name, revision, source: `${owner}/${name}` };
  }
  const source = json("config.json")?._name_or_path;
  return {
    name: basename(directory),
    // Nothing in a plain copy names its commit; its configuration at least tells other exports apart.
    revision: createHash("sha256")
      .update(text("config.json") ?? "")
      .digest("hex")
      .slice(0, 12),
    ...(typeof source === "string" && /^[\w.-]+\/[\w.-]+$/.test(source) ? { source } : {}),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
