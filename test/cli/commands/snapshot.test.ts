import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Engine, openEngine } from "../../../src/index.js";
import { notes, openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const directory = join(place.folder, "backup");
let engine: Engine;
before(async () => {
  place.write(notes);
  engine = await openEngine({ library: place.library, crossEncoder: null });
  await engine.ingestPaths([join(place.folder, "notes")]);
});
after(async () => {
  await engine.close();
  place.remove();
});

const json = (text: string) => JSON.parse(text) as Record<string, unknown>;
const create = async (...words: string[]) => {
  const { code, stdout, stderr } = await place.run([
    "snapshot",
    "create",
    "--directory",
    directory,
    "--json",
    ...words,
  ]);
  assert.equal(code, 0, stderr);
  return json(stdout) as { name: string; path: string; documents: number };
};

test("a library that another process has open is saved, checked, and restored to one that answers alike", async () => {
  const { name, path, documents } = await create("--with-models");
  assert.equal(documents, 3);
  const verified = await place.run(["snapshot", "verify", name, "--directory", directory]);
  assert.deepEqual([verified.code, verified.stdout], [0, `ok  ${path}\n`]);
  const listed = await place.run(["snapshot", "list", "--directory", directory]);
  assert.match(listed.stdout, new RegExp(`${name} +3 +\\d+ +.* minilex-embed-en, minilex-rerank-en`));

  const library = join(place.folder, "restored");
  const restored = await place.run(["restore", path, "--library", library]);
  assert.equal(restored.code, 0, restored.stderr);
  assert.match(restored.stdout, /3 documents, \d+ chunks restored .*\nlibrary: .*restored\n/);
  const search = ["search", "rotate the keys", "--json"];
  const [original, again] = await Promise.all([place.run(search), place.run([...search, "--library", library])]);
  const hits = (stdout: string) => json(stdout).hits;
  assert.deepEqual(hits(again.stdout), hits(original.stdout));

  const twice = await place.run(["restore", path, "--library", library, "--json"]);
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /"code":"FOLDER_NOT_EMPTY"/);
});

test("damage is told with exit code 1, and a restore refuses it", async () => {
  const { path } = await create();
  writeFileSync(join(path, "lodestone.db"), "broken");
  const verified = await place.run(["snapshot", "verify", path]);
  assert.equal(verified.code, 1);
  assert.match(verified.stdout, /^damaged .*\n {2}lodestone\.db: it has 6 bytes instead of \d+\n$/);
  const restored = await place.run(["restore", path, "--library", join(place.folder, "never")]);
  assert.equal(restored.code, 1);
  assert.match(restored.stderr, /lodestone\.db is damaged/);
});

test("pruning keeps what it was told to, deleting removes one", async () => {
  const names = [(await create()).name, (await create()).name];
  const pruned = await place.run(["snapshot", "prune", "--keep-last", "1", "--directory", directory, "--json"]);
  assert.deepEqual(json(pruned.stdout).kept, [names[1]]);
  const nothing = await place.run(["snapshot", "prune", "--directory", directory]);
  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /nothing would be kept/);
  const removed = await place.run(["snapshot", "delete", names[1]!, "--directory", directory]);
  assert.deepEqual([removed.code, removed.stdout], [0, `${names[1]} deleted\n`]);
});

test("where there is nothing yet: a list says how to begin, a check and a restore fail", async () => {
  mkdirSync(join(place.folder, "empty"));
  const listed = await place.run(["snapshot", "list", "--directory", "empty"]);
  assert.equal(listed.code, 0);
  assert.match(listed.stderr, /No snapshots in .*empty\. Make one/);
  assert.equal((await place.run(["snapshot", "verify", "--directory", "empty"])).code, 1);
  const restored = await place.run(["restore", "empty", "--library", "other"]);
  assert.equal(restored.code, 1);
  assert.match(restored.stderr, /There is no snapshot at .*empty/);
});
