// kill -9 with jobs queued and running: every job that was acknowledged is done after reopening, once, in the order of submission.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Engine, type Job, openEngine } from "../../src/index.js";
import { writeFiles } from "../end-to-end/temporary.js";
import { temporaryFolder } from "../temporary-folder.js";

const rounds = Number(process.env.KILL_ROUNDS ?? 2);
const seed = Number(process.env.KILL_SEED ?? Date.now() % 100_000);
const program = fileURLToPath(new URL("./submitting-process.js", import.meta.url));

async function drained(engine: Engine): Promise<void> {
  const changes = engine.jobs.events();
  for (;;) {
    const { queued, running } = await engine.jobs.depth();
    if (queued + running === 0) break;
    await changes.next();
  }
  await changes.return?.();
}

async function allJobs(engine: Engine): Promise<Job[]> {
  const { jobs, total } = await engine.jobs.list({ limit: 10_000 });
  assert.equal(jobs.length, total);
  return jobs.reverse();
}

async function killedWhileSubmitting(t: TestContext, library: string, first: number, notes: string, after: number) {
  const acknowledged = new Map<string, string>();
  const child = spawn(process.execPath, [program, library, String(first), notes], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  let left = after;
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, id] = line.split(" ");
    acknowledged.set(id!, kind!);
    if (--left === 0) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return acknowledged;
}

/** What the library holds when `jobs` are done one after the other. */
function expectedOf(jobs: readonly Job[]): Map<string, string> {
  const library = new Map<string, string>();
  for (const { kind, subject } of jobs) {
    const n = /^(\d+)-/.exec(subject)?.[1];
    if (kind === "remove") for (const id of subject.split(", ")) library.delete(id);
    if (kind !== "put") continue;
    for (const name of ["a", "b", "c"]) library.set(`${n}-${name}`, "");
    library.set("shared", `As of ${n}.`);
  }
  return library;
}

test(`after kill -9 every acknowledged job is done exactly once (seed ${seed})`, async (t) => {
  const folder = temporaryFolder();
  const notes = join(folder, "notes");
  writeFiles(notes, Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.md`, `# Note ${i}\n\nText ${i}.`])));
  for (let round = 0; round < rounds; round++) {
    // What the first kill leaves queued and running is taken up by the process that is killed second.
    const library = join(folder, `library-${round}`);
    const after = 3 + ((seed + round * 7919) % 50);
    const first = await killedWhileSubmitting(t, library, 1_000, notes, after);
    const second = await killedWhileSubmitting(t, library, 2_000, notes, 60 - after);
    const engine = await openEngine({ library, crossEncoder: null });
    await drained(engine);

    const jobs = await allJobs(engine);
    const byId = new Map(jobs.map((job) => [job.id, job]));
    for (const [id, kind] of [...first, ...second]) {
      assert.deepEqual([byId.get(id)?.state, byId.get(id)?.kind], ["done", kind], id);
    }
    for (const { id, kind, done, total, result } of jobs) {
      if (kind !== "put") continue;
      assert.deepEqual([done, total, result.written + result.superseded], [4, 4, 4], `${id} counts its documents once`);
    }
    const expected = expectedOf(jobs);
    const { documents } = await engine.list({ limit: 1_000_000 });
    const listed = documents.map(({ id }) => id).filter((id) => !id.startsWith("notes/"));
    assert.deepEqual(listed.sort(), [...expected.keys()].sort());
    assert.equal((await engine.get("shared"))?.text, expected.get("shared"));
    if (jobs.some(({ kind }) => kind === "paths")) assert.equal(documents.length - listed.length, 30);
    const { library: counts, vectors } = await engine.status();
    assert.equal(vectors.rows, counts.chunks, "each chunk has its vector");
    await engine.close();
  }
});
