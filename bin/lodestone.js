#!/usr/bin/env node
// Launcher: says clearly what is missing (a newer Node, the build) before anything else is loaded, then starts the CLI.

import { existsSync } from "node:fs";
import * as nodeModule from "node:module";

const MINIMUM = [20, 19];
const main = new URL("../dist/src/cli/main.js", import.meta.url);
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  process.stderr.write(
    `error: Lodestone needs Node ${MINIMUM.join(".")} or later; this is Node ${process.versions.node}. ` +
      "Install a newer one from https://nodejs.org and try again.\n",
  );
  process.exitCode = 1;
} else if (!existsSync(main)) {
  process.stderr.write("error: Lodestone is not built yet. Run this in its folder and try again: npm run build\n");
  process.exitCode = 1;
} else {
  // From Node 22.8 on, compiled code is kept between runs.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  import(main.href);
}
