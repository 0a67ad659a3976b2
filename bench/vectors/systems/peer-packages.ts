// Packages of bench/peers, which has dependencies of its own so that the product's install stays small. They are loaded by
// name at run time; what is used of each is declared where it is used.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../../../src/package-root.js";

const peers = join(packageRoot, "bench", "peers");

export function isInstalled(name: string): boolean {
  return existsSync(join(peers, "node_modules", name, "package.json"));
}

export function versionOf(name: string): string {
  const manifest = JSON.parse(readFileSync(join(peers, "node_modules", name, "package.json"), "utf8"));
  return (manifest as { version: string }).version;
}

/** The module, seen as what the caller declares of it. */
export function loadPeer<Module>(name: string): Module {
  return createRequire(join(peers, "package.json"))(name) as Module;
}
