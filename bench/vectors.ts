// npm run bench, npm run bench:full: recall, latency, build time and memory of the vector index beside others. See
// bench/vectors/command-line.ts for the flags; docs/bench/ explains what is measured and how.

import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { packageRoot } from "../src/package-root.js";
import { resultMarkdown } from "./report/markdown.js";
import { reportPage } from "./report/page.js";
import { type BenchOptions, help, parseCommandLine, UsageError } from "./vectors/command-line.js";
import { describeMachine } from "./vectors/machine.js";
import { openProgress } from "./vectors/progress.js";
import { type BenchResult, resultFormat } from "./vectors/result.js";
import { runScenario } from "./vectors/run-scenario.js";
import { scenariosFor } from "./vectors/scenario.js";
import { exactFaults } from "./vectors/self-check.js";

const benchFolder = join(packageRoot, ".bench");

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const options = parseCommandLine(words);
  if (!options) {
    process.stdout.write(help);
    return 0;
  }
  const out = resolve(packageRoot, options.out);
  await mkdir(dirname(out), { recursive: true });
  const result = options.from
    ? await earlierFigures(options.from)
    : await measure(options, `node dist/bench/vectors.js ${words.join(" ")}`.trim(), `${out}.json`);
  const faults = result.scenarios.flatMap(exactFaults);
  if (faults.length > 0) {
    process.stderr.write(`No tables: the figures cannot be trusted.\n${faults.join("\n")}\n`);
    return 1;
  }
  const markdown = resultMarkdown(result);
  await writeFile(`${out}.md`, markdown);
  await writeFile(`${out}.html`, reportPage(result));
  process.stdout.write(`${markdown}\nFigures: ${out}.json\nReport:  ${out}.html\n`);
  return 0;
}

/** The scenarios of several runs; the machine is that of the first. */
async function earlierFigures(paths: readonly string[]): Promise<BenchResult> {
  const read = async (path: string) => JSON.parse(await readFile(path, "utf8")) as BenchResult;
  const [first, ...others] = await Promise.all(paths.map(read));
  if (!first) throw new UsageError("--from takes the name of a file.");
  const command = [first, ...others].map((result) => result.command).join("; ");
  return { ...first, command, scenarios: [first, ...others].flatMap(({ scenarios }) => scenarios) };
}

async function measure(options: BenchOptions, command: string, path: string): Promise<BenchResult> {
  await mkdir(benchFolder, { recursive: true });
  const work = await mkdtemp(join(benchFolder, "run-"));
  // Systems end with this process; what they wrote goes now.
  process.once("SIGINT", () => {
    rmSync(work, { recursive: true, force: true });
    process.exit(130);
  });
  const progress = openProgress();
  const result: BenchResult = { format: resultFormat, command, machine: describeMachine(), scenarios: [] };
  try {
    for (const scenario of scenariosFor(options)) {
      const folders = { cache: join(benchFolder, "cache"), work };
      result.scenarios.push(await runScenario(scenario, folders, progress));
      // After each one: what a long run has found is not lost with its end.
      await writeFile(path, JSON.stringify(result, null, 1));
    }
    return result;
  } finally {
    progress.stop();
    await rm(work, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\nnode dist/bench/vectors.js --help tells what there is.\n`);
  process.exitCode = 2;
}
