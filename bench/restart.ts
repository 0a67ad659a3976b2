// npm run bench:restart [-- --chunks 100000] [-- --runs 5] [-- --library DIR]
// How long a library takes from kill -9, with jobs queued and running, to its first answer: counted from the start of the new
// process, which opens the library for writing as a server does. With --library the library is kept and used again.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    chunks: { type: "string", default: "100000" },
    runs: { type: "string", default: "5" },
    library: { type: "string" },
    mode: { type: "string", default: "measure" },
  },
});
const program = fileURLToPath(import.meta.url);

if (values.mode === "answer") await answer(values.library!);
else if (values.mode === "submit") await submit(values.library!);
else await measure();

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "lodestone-bench-restart-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const library = values.library ?? join(folder, "library");
  if (!existsSync(library)) await build(library, Number(values.chunks), join(folder, "documents.jsonl"));
  const times: { openedMs: number; answeredMs: number }[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const child = start("submit", library);
    let submitted = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "submitted" && ++submitted === 20) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    const next = start("answer", library);
    let output = "";
    for await (const part of next.stdout) output += part;
    const { chunks, unfinished, ...time } = JSON.parse(output);
    console.error(
      `run ${run + 1}: ${chunks} chunks, ${unfinished} jobs not done; opened after ${round(time.openedMs)} ms, answered after ${round(time.answeredMs)} ms`,
    );
    times.push(time);
  }
  const middle = times.sort((a, b) => a.answeredMs - b.answeredMs)[times.length >> 1]!;
  console.log(
    `first answer after kill -9, median of ${times.length}: ${round(middle.answeredMs)} ms (${cpus().length} x ${cpus()[0]?.model})`,
  );
}

function start(mode: string, library: string) {
  return spawn(process.execPath, [program, "--mode", mode, "--library", library], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function build(library: string, chunks: number, records: string): Promise<void> {
  const { collectParagraphs, makeDocuments } = await import("./corpus.js");
  const { openEngine } = await import("../src/index.js");
  const lines = Array.from(makeDocuments(collectParagraphs(), Math.ceil(chunks / 1.4)), (each) => JSON.stringify(each));
  writeFileSync(records, `${lines.join("\n")}\n`);
  await using engine = await openEngine({ library, crossEncoder: null });
  const report = await engine.ingestPaths([records]);
  console.error(`library of ${report.chunks} chunks built in ${round(report.ms / 1000)} s`);
  // Codes are made and measured in the background: a library that has been open for a while has them.
  while ((await engine.status()).vectors.codes.state !== "ready") await new Promise((done) => setTimeout(done, 200));
}

/** Submits jobs without waiting until it is killed. */
async function submit(library: string): Promise<void> {
  const { openEngine } = await import("../src/index.js");
  const engine = await openEngine({ library, crossEncoder: null });
  for (let n = 0; ; n++) {
    const documents = Array.from({ length: 200 }, (_, i) => ({
      id: `job-${process.pid}-${n}-${i}`,
      text: `Document ${i} of job ${n}. `.repeat(20),
    }));
    await engine.submit({ kind: "put", documents });
    console.log("submitted");
  }
}

async function answer(library: string): Promise<void> {
  const { openEngine } = await import("../src/index.js");
  const engine = await openEngine({ library });
  const openedMs = performance.now();
  const { hits } = await engine.search({ query: "how do I rotate the signing keys" });
  const answeredMs = performance.now();
  if (hits.length === 0) throw new Error("nothing was found");
  const { library: counts, queue } = await engine.status();
  console.log(
    JSON.stringify({ openedMs, answeredMs, chunks: counts.chunks, unfinished: queue.queued + queue.running }),
  );
  await engine.close();
}

function round(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}
