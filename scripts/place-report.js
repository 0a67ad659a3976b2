// Puts the committed report of the benchmarks beside the built page, which serves it at /benchmarks.
//
//   node scripts/place-report.js    docs/bench/vectors.html -> dist/web/benchmarks.html

import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
copyFileSync(join(root, "docs/bench/vectors.html"), join(root, "dist/web/benchmarks.html"));
