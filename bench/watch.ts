// npm run bench:watch [-- --files 5000] [-- --json]
// How soon a search knows of what was saved, moved or removed in a watched folder, and what a storm of files costs.

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openEngine } from "../src/index.js";
import { Figures } from "./figures.js";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "5000" },
    rounds: { type: "string", default: "20" },
    json: { type: "boolean" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const figures = new Figures(0);
const note = figures.note.bind(figures);

const watched = join(folder, "watched");
const files = Number(values.files);
for (let i = 0; i < files; i++) {
  if (i % 100 === 0) mkdirSync(join(watched, `part-${i / 100}`), { recursive: true });
  writeFileSync(join(watched, `part-${Math.floor(i / 100)}`, `${i}.md`), `# Note ${i}\n\nOf the first run.\n`);
}
await using engine = await openEngine({ library: join(folder, "library"), crossEncoder: null });
let runs = 0;
const began = performance.now();
await engine.watch([watched], { onEvent: ({ kind }) => (kind === "indexed" ? runs++ : undefined) });
note(`first run over ${files} files, and watching them`, performance.now() - began, "ms");

const find = async (word: string) => (await engine.search({ query: word, mode: "lexical" })).hits[0]?.id;
const until = async (holds: () => Promise<boolean>) => {
  const start = performance.now();
  while (!(await holds())) await wait(5);
  return performance.now() - start;
};
const times: Record<"saved" | "moved" | "removed", number[]> = { saved: [], moved: [], removed: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  const word = `zebrafish${round}`;
  const path = (name: string) => join(watched, "part-0", `${name}-${round}.md`);
  writeFileSync(path("new"), `# A note on ${word}\n\nSaved while the folder is watched.\n`);
  times.saved.push(await until(async () => (await find(word)) !== undefined));
  renameSync(path("new"), path("moved"));
  times.moved.push(await until(async () => (await find(word))?.includes("moved") === true));
  rmSync(path("moved"));
  times.removed.push(await until(async () => (await find(word)) === undefined));
}
for (const [what, taken] of Object.entries(times)) {
  taken.sort((a, b) => a - b);
  note(`${what}, known to a search after, p50`, taken[Math.floor(taken.length / 2)]!, "ms");
  note(`${what}, known to a search after, max`, taken.at(-1)!, "ms");
}

runs = 0;
for (let i = 0; i < files; i++) {
  writeFileSync(
    join(watched, `part-${Math.floor(i / 100)}`, `${i}.md`),
    `# Note ${i}\n\nOf the storm, with hurricane.\n`,
  );
}
const all = { query: "hurricane", mode: "lexical" as const, limit: 1 };
note(
  `a storm of ${files} changed files is searchable after`,
  await until(
    async () => (await engine.search(all)).candidates > 0 && (await engine.jobs.list({ state: "running" })).total === 0,
  ),
  "ms",
);
note("runs that it took", runs, "runs");

if (values.json) figures.printJson();
