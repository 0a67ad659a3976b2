import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type Engine, type Job, type LodestoneError, openEngine } from "../../src/index.js";
import { tinyModel, tokenVectors } from "../encoders/tiny-models.js";
import { defaultWords, wordPiece } from "../encoders/tiny-tokenizers.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary, writeFiles } from "./temporary.js";

const withoutReranking = { crossEncoder: null } as const;

test("a submitted job is followed to its end, and found by searches then", async (t) => {
  const engine = await openTemporary(t, withoutReranking);
  const changes = engine.jobs.events();
  const submitted = await engine.submit({
    kind: "put",
    documents: [{ id: "whale", text: "A captain hunts a white whale." }],
  });
  assert.deepEqual([submitted.state, submitted.priority, submitted.total], ["queued", "bulk", 1]);
  const states = new Set<string>();
  for await (const job of changes) {
    assert.equal(job.id, submitted.id);
    states.add(job.state);
    if (job.state === "done") break;
  }
  assert.deepEqual([...states], ["queued", "running", "done"]);
  const done = await engine.jobs.wait(submitted.id);
  assert.deepEqual([done.state, done.result.written], ["done", 1]);
  assert.equal((await engine.search({ query: "whale" })).hits[0]?.id, "whale");
});

test("what is waited for is a job as well, and a report of a folder tells the same", async (t) => {
  const engine = await openTemporary(t, withoutReranking);
  const folder = temporaryFolder();
  writeFiles(folder, { "a.md": "# A\n\nAlpha.", "b.md": "# B\n\nBeta.", "c.txt": new Uint8Array([0, 1, 2, 3]) });
  await engine.put([{ id: "x", text: "x" }]);
  await engine.remove(["x", "y"]);
  const report = await engine.ingestPaths([folder]);
  const { jobs, total } = await engine.jobs.list();
  assert.equal(total, 3);
  const [paths, remove, put] = jobs as [Job, Job, Job];
  assert.deepEqual([put.kind, put.priority, put.subject], ["put", "interactive", "x"]);
  assert.deepEqual([remove.kind, remove.result.removed, remove.result.missing], ["remove", 1, 1]);
  assert.deepEqual([paths.kind, paths.priority, paths.subject], ["paths", "bulk", folder]);
  assert.equal(paths.result.written, report.documents.written);
  assert.deepEqual(paths.result.files, report.files);
  assert.deepEqual([paths.result.skipped, paths.result.skips], [1, report.skips]);
  const page = await engine.jobs.list({ state: "done", offset: 1, limit: 1 });
  assert.deepEqual([page.jobs[0]?.id, page.total, page.offset, page.limit], [remove.id, 3, 1, 1]);
});

test("a file's progress is told while a folder is indexed, in the job and to whoever waits", async (t) => {
  const engine = await openTemporary(t, withoutReranking);
  const folder = temporaryFolder();
  writeFiles(folder, Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.txt`, `Number ${i}.`])));
  const kinds = new Set<string>();
  let chunks = 0;
  const running = engine.ingestPaths([folder], {
    onProgress(progress) {
      kinds.add(progress.kind);
      if (progress.kind === "indexed") chunks += progress.chunks;
    },
  });
  const seen: Job[] = [];
  for await (const job of engine.jobs.events()) {
    seen.push(job);
    if (job.state === "done") break;
  }
  await running;
  assert.ok(kinds.has("scanned") && kinds.has("reading") && kinds.has("indexed"));
  assert.equal(chunks, 40);
  assert.deepEqual([seen.at(-1)?.done, seen.at(-1)?.total], [40, 40]);
  assert.deepEqual((await engine.status()).ingest, { running: false, done: 0, total: 0 });
});

test("jobs that were not done when the engine was closed are done when it is opened again", async (t) => {
  const folder = temporaryFolder();
  const library = join(folder, "library");
  writeFiles(folder, { "notes/a.txt": "The tide is high." });
  const paused = await openEngine({ library, ...withoutReranking, queue: { paused: true } });
  const jobs = [
    await paused.submit({ kind: "put", documents: [{ id: "x", text: "old" }] }),
    await paused.submit({ kind: "paths", targets: [join(folder, "notes")] }),
    await paused.submit({ kind: "remove", ids: ["x"] }, { priority: "interactive" }),
  ];
  const waiting = paused.put([{ id: "y", text: "Somebody waits for this." }]);
  const ended = assert.rejects(waiting, coded("CLOSED"));
  while ((await paused.jobs.list()).total < 4) await paused.jobs.events().next();
  assert.deepEqual((await paused.status()).queue.queued, 4);
  await paused.close();
  await ended;
  const engine = await openTemporary(t, { library, ...withoutReranking });
  for (const { id } of jobs) assert.equal((await engine.jobs.wait(id)).state, "done");
  await engine.jobs.wait("j0000000004");
  const { documents } = await engine.list();
  assert.deepEqual(
    documents.map(({ id }) => id),
    ["notes/a.txt", "y"],
  );
});

test("a reader beside the writer lists jobs, waits for them and follows them, and changes none", async (t) => {
  const engine = await openTemporary(t, withoutReranking);
  await engine.put([{ id: "first", text: "first" }]);
  const reader = await openTemporary(t, { library: engine.library, readOnly: true, ...withoutReranking });
  assert.equal((await reader.jobs.list()).total, 1);
  const changes = reader.jobs.events();
  const next = changes.next();
  const { id } = await engine.submit({ kind: "put", documents: [{ id: "second", text: "second" }] });
  assert.equal((await reader.jobs.wait(id)).state, "done");
  assert.equal((await next).value?.id, id);
  await changes.return?.();
  await assert.rejects(reader.submit({ kind: "remove", ids: ["first"] }), coded("LIBRARY_READ_ONLY"));
  await assert.rejects(reader.jobs.retry("failed"), coded("LIBRARY_READ_ONLY"));
  await assert.rejects(reader.jobs.cancel(id), coded("LIBRARY_READ_ONLY"));
});

test("what is not there is not found, and a wait that is given up leaves the job", async (t) => {
  const engine = await openTemporary(t, { ...withoutReranking, queue: { paused: true, maxJobs: 1 } });
  assert.equal(await engine.jobs.get("j0000000001"), undefined);
  await assert.rejects(engine.jobs.wait("j0000000001"), coded("NOT_FOUND"));
  await assert.rejects(engine.jobs.cancel("nonsense"), coded("NOT_FOUND"));
  await assert.rejects(engine.jobs.retry("j0000000001"), coded("NOT_FOUND"));
  const { id } = await engine.submit({ kind: "remove", filter: { id: "nobody" } });
  const controller = new AbortController();
  const waiting = engine.jobs.wait(id, { signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, coded("ABORTED"));
  assert.equal((await engine.jobs.get(id))?.state, "queued");
  await assert.rejects(engine.put([{ id: "a", text: "a" }]), (error: LodestoneError) => {
    assert.equal(error.code, "QUEUE_FULL");
    assert.match(error.message, /1 of 1 jobs.*lodestone jobs list/s);
    return true;
  });
});

/** A library whose model gives NaN for the word "bad" and fails on the word "abyss", which its table has no row for. */
async function withFailingModel(t: import("node:test").TestContext): Promise<Engine> {
  const filler = Array.from({ length: 400 }, (_, i) => `filler${i}`);
  const tokenizer = wordPiece([...defaultWords, ...filler, "abyss"]);
  const { vocab } = (tokenizer.definition as { model: { vocab: Record<string, number> } }).model;
  const model = await tinyModel("bi-encoder", tokenVectors({ poison: vocab.bad! }), { pooling: "mean" }, tokenizer);
  return openTemporary(t, {
    models: [dirname(model.directory)],
    biEncoder: model.manifest.name,
    ...withoutReranking,
    chunking: { maxTokens: 16, overlapTokens: 0 },
  });
}

test("a model that gives NaN or fails at one text keeps nothing else from being indexed", async (t) => {
  const engine = await withFailingModel(t);
  const folder = temporaryFolder();
  writeFiles(folder, { "a.txt": "search engine", "b.txt": "bad search", "c.txt": "index", "d.txt": "the abyss" });
  const failing = [
    await engine.submit({ kind: "put", documents: [{ id: "nan", text: "a bad engine" }] }),
    await engine.submit({ kind: "put", documents: [{ id: "deep", text: "into the abyss" }] }),
    await engine.submit({ kind: "paths", targets: [folder] }),
  ];
  const good = await engine.submit({ kind: "put", documents: [{ id: "good", text: "a good engine" }] });
  assert.equal((await engine.jobs.wait(good.id)).state, "done");
  const errors = new Map<string, string>();
  for await (const { id, error } of engine.jobs.events()) {
    if (error) errors.set(id, `${error.code} ${error.message}`);
    if (failing.every((job) => errors.has(job.id))) break;
  }
  assert.match(errors.get(failing[0]!.id)!, /VECTOR_INVALID Document "nan": .*NaN/);
  assert.match(errors.get(failing[1]!.id)!, /MODEL_INVALID Document "deep"/);
  assert.match(errors.get(failing[2]!.id)!, /b\.txt|d\.txt/);
  for (const { id } of failing) await engine.jobs.cancel(id);
  const { documents } = await engine.list();
  assert.deepEqual(documents.map(({ id }) => id.replace(/^.*\//, "")).sort(), ["a.txt", "c.txt", "good"]);
  const { library, vectors, queue } = await engine.status();
  assert.equal(vectors.rows, library.chunks);
  assert.deepEqual([queue.queued, queue.running, queue.failed], [0, 0, 0]);
});
