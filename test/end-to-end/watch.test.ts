import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Engine, EngineOptions, WatchEvent, WatchOptions } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary, writeFiles } from "./temporary.js";

const notes = {
  "keys.md": "# Keys\n\nHow to rotate the signing keys.\n",
  "bread.txt": "Sourdough bread\n\nMix flour, water and salt.\n",
};

async function watched(t: TestContext, options: WatchOptions = {}, engineOptions: Partial<EngineOptions> = {}) {
  const folder = join(temporaryFolder(), "notes");
  writeFiles(folder, notes);
  const engine = await openTemporary(t, { crossEncoder: null, cache: { off: true }, ...engineOptions });
  const events: WatchEvent[] = [];
  let noted: () => void = () => undefined;
  const watcher = await engine.watch([folder], {
    ...options,
    onEvent(event) {
      events.push(event);
      noted();
    },
  });
  /** Resolves once the library's documents are these. */
  const until = async (...ids: string[]) => {
    const wanted = ids.map((id) => `notes/${id}`).sort();
    for (;;) {
      const { documents } = await engine.list({ limit: 10_000 });
      if (JSON.stringify(documents.map(({ id }) => id).sort()) === JSON.stringify(wanted)) return;
      await new Promise<void>((resolve) => {
        noted = resolve;
      });
    }
  };
  return { folder, engine, watcher, events, until, path: (name: string) => join(folder, name) };
}

const best = async (engine: Engine, query: string) => (await engine.search({ query })).hits[0]?.id;
const total = (events: WatchEvent[], count: (event: Extract<WatchEvent, { kind: "indexed" }>) => number) =>
  events.reduce((sum, event) => sum + (event.kind === "indexed" ? count(event) : 0), 0);

test("what is saved, moved or removed is searchable or gone; a move embeds nothing", async (t) => {
  const { engine, events, until, path } = await watched(t);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["watching"],
  );
  assert.equal(await best(engine, "rotate the keys"), "notes/keys.md");

  writeFileSync(path("train.md"), "# Trains\n\nThe train to Kyoto leaves from platform four.\n");
  await until("keys.md", "bread.txt", "train.md");
  assert.equal(await best(engine, "when does the train leave"), "notes/train.md");

  const embedded = total(events, ({ report }) => report.embedded);
  mkdirSync(path("travel/japan"), { recursive: true });
  renameSync(path("train.md"), path("travel/japan/train.md"));
  await until("keys.md", "bread.txt", "travel/japan/train.md");
  renameSync(path("travel"), path("journeys"));
  await until("keys.md", "bread.txt", "journeys/japan/train.md");
  assert.equal(total(events, ({ report }) => report.embedded) - embedded, 0);
  assert.equal(
    total(events, ({ report }) => report.documents.moved),
    2,
  );
  assert.equal(await best(engine, "the train to Kyoto"), "notes/journeys/japan/train.md");

  rmSync(path("journeys"), { recursive: true });
  await until("keys.md", "bread.txt");
  const { hits } = await engine.search({ query: "the train to Kyoto" });
  assert.ok(hits.every(({ id }) => !id.includes("train")));
});

test("what changes during the first run is not missed", async (t) => {
  const late = "# Late\n\nWritten while the first run was going on.\n";
  let path = "";
  const folder = join(temporaryFolder(), "notes");
  writeFiles(folder, notes);
  const engine = await openTemporary(t, { crossEncoder: null });
  let noted: () => void = () => undefined;
  await engine.watch([folder], {
    onProgress({ kind }) {
      // The scan is over: a file of now is not in it.
      if (kind !== "scanned" || path !== "") return;
      path = join(folder, "late.md");
      writeFileSync(path, late);
    },
    onEvent: () => noted(),
  });
  while ((await best(engine, "written during the first run")) !== "notes/late.md") {
    await new Promise<void>((resolve) => {
      noted = resolve;
    });
  }
});

test("a storm of files is taken in with few runs", async (t) => {
  const { events, until, path } = await watched(t);
  const names = Array.from({ length: 600 }, (_, i) => `storm/${i % 7}/${i}.txt`);
  for (const name of names) {
    mkdirSync(join(path(name), ".."), { recursive: true });
    writeFileSync(path(name), `A text of the storm, number ${name}, about the weather.\n`);
  }
  await until("keys.md", "bread.txt", ...names);
  const runs = events.filter(({ kind }) => kind === "indexed").length;
  assert.ok(runs <= 10, `${runs} runs`);
});

test("the documents of a folder that is away stay, and follow it when it is back", async (t) => {
  const { engine, events, until, folder } = await watched(t);
  renameSync(folder, `${folder}-away`);
  while (!events.some(({ kind }) => kind === "missing")) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await best(engine, "rotate the keys"), "notes/keys.md");
  rmSync(join(`${folder}-away`, "bread.txt"));
  renameSync(`${folder}-away`, folder);
  await until("keys.md");
  assert.ok(events.some(({ kind }) => kind === "returned"));
});

test("the rules of the first run hold for what comes: excluded and hidden files are not indexed", async (t) => {
  const { until, path } = await watched(t, { exclude: ["drafts"] });
  mkdirSync(path("drafts"));
  writeFileSync(path("drafts/x.md"), "# Draft\n\nNot finished.\n");
  writeFileSync(path(".hidden.md"), "# Hidden\n\nNot meant.\n");
  writeFileSync(path("y.md"), "# Finished\n\nThis is.\n");
  await until("keys.md", "bread.txt", "y.md");
});

test("where the system tells nothing, looking again and again does", async (t) => {
  const { until, path } = await watched(t, { pollMs: 100 });
  writeFileSync(path("new.md"), "# New\n\nSomething new.\n");
  rmSync(path("bread.txt"));
  await until("keys.md", "new.md");
});

test("a closed watch follows no more; closing the engine closes its watches", async (t) => {
  const { engine, watcher, path, folder } = await watched(t);
  await watcher.close();
  writeFileSync(path("new.md"), "# New\n\nSomething new.\n");
  await engine.watch([folder]);
  assert.ok(await engine.get("notes/new.md"), "the first run of the next watch takes in what was left undone");
  await engine.close();
  await assert.rejects(engine.watch([folder]), coded("CLOSED"));
});

test("a watch that cannot be is refused", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await assert.rejects(engine.watch([join(engine.library, "nothing")]), coded("PATH_NOT_FOUND"));
  await assert.rejects(engine.watch([]), coded("INVALID_INPUT"));
  await assert.rejects(engine.watch([engine.library], { pollMs: 0 }), coded("INVALID_INPUT"));
  const reading = await openTemporary(t, { crossEncoder: null, library: engine.library, readOnly: true });
  await assert.rejects(reading.watch([temporaryFolder()]), coded("LIBRARY_READ_ONLY"));
});
