// Runs the compiled tests with Node's test runner: every file below dist/test, or those whose path contains one of the
// arguments (npm run test:run -- chunker).

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "dist", "test");
const wanted = process.argv.slice(2);
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
  .map((file) => join(root, file));

if (files.length === 0) {
  console.error(`No test file below ${root} matches ${wanted.join(", ") || "anything"}. Build first: npm run build`);
  process.exit(1);
}

const reporter = process.stdout.isTTY ? "spec" : (process.env.TEST_REPORTER ?? "spec");
const { status } = spawnSync(
  process.execPath,
  [
    "--enable-source-maps",
    "--test",
    `--test-reporter=${reporter}`,
    `--test-concurrency=${availableParallelism()}`,
    "--test-timeout=300000",
    ...files,
  ],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
