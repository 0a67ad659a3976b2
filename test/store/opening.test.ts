import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { LodestoneError } from "../../src/errors.js";
import { databasePath } from "../../src/store/connection.js";
import { storedGeneration } from "../../src/store/generation.js";
import { openReader } from "../../src/store/reader.js";
import { formatVersion } from "../../src/store/schema.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, recipe } from "./library-fixture.js";

const coded = (code: string) => (error: unknown) => error instanceof LodestoneError && error.code === code;

test("a second writer is refused and told which process holds the library; readers are not", () => {
  const library = temporaryFolder();
  const writer = openWriter(library);
  writer.generation(recipe);
  writer.write(batchOf([{ id: "a", texts: ["alpha"] }]));
  assert.throws(
    () => openWriter(library),
    (error: LodestoneError) => {
      assert.equal(error.code, "LIBRARY_LOCKED");
      assert.match(error.message, new RegExp(`process ${process.pid}\\b`));
      return true;
    },
  );
  const reader = openReader(library);
  assert.ok(reader.document("a"));
  reader.close();
  writer.close();
  openWriter(library).close();
});

test("the lock of a killed process is free at once", async (t) => {
  const library = temporaryFolder();
  const child = spawn(process.execPath, [fileURLToPath(new URL("./lock-holder.js", import.meta.url)), library]);
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  assert.throws(() => openWriter(library), coded("LIBRARY_LOCKED"));
  child.kill("SIGKILL");
  await once(child, "exit");
  openWriter(library).close();
});

test("a reader sees what the writer commits after it opened", (t) => {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  const reader = openReader(library);
  t.after(() => reader.close());
  const version = reader.version();
  writer.write(batchOf([{ id: "a", texts: ["alpha"] }]));
  assert.notEqual(reader.version(), version);
  assert.ok(reader.document("a"));
});

test("a folder without a library is named, and nothing is created in it", () => {
  const library = temporaryFolder();
  assert.throws(() => openReader(library), coded("LIBRARY_NOT_FOUND"));
  assert.equal(storedGeneration(library), undefined);
});

test("a library of a newer format is refused by reader and writer, and not touched", () => {
  const library = temporaryFolder();
  openWriter(library).close();
  const db = new Database(databasePath(library));
  db.pragma(`user_version = ${formatVersion + 1}`);
  db.close();
  const before = readFileSync(databasePath(library));
  assert.throws(() => openReader(library), coded("LIBRARY_TOO_NEW"));
  assert.throws(() => openWriter(library), coded("LIBRARY_TOO_NEW"));
  assert.deepEqual(readFileSync(databasePath(library)), before);
});

test("a database that is no database, or half of one, is reported as damaged", () => {
  const library = temporaryFolder();
  writeFileSync(databasePath(library), "this is not a database, it is a text of some length");
  assert.throws(() => openWriter(library), coded("LIBRARY_DAMAGED"));

  const other = join(library, "other");
  mkdirSync(other);
  const writer = openWriter(other);
  writer.generation(recipe);
  writer.write(batchOf(Array.from({ length: 50 }, (_, i) => ({ id: `d${i}`, texts: ["alpha ".repeat(200)] }))));
  writer.close();
  truncateSync(databasePath(other), 8192 * 3);
  assert.throws(() => openWriter(other), coded("LIBRARY_DAMAGED"));
});

test("a folder that cannot be written gives a clear error", {
  skip: process.getuid?.() === 0 && "root may write anywhere",
}, (t) => {
  const library = temporaryFolder();
  chmodSync(library, 0o500);
  t.after(() => chmodSync(library, 0o700));
  assert.throws(() => openWriter(library), coded("LIBRARY_READ_ONLY"));
});

test("a library path that is a file gives a clear error", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "x");
  assert.throws(() => openWriter(join(folder, "file")), coded("LIBRARY_READ_ONLY"));
});

test("what was committed is there after the files are copied as they lie, without a clean close", (t) => {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  writer.write(batchOf([{ id: "a", texts: ["alpha"] }]));
  const copy = join(library, "copy");
  mkdirSync(copy);
  for (const file of ["lodestone.db", "lodestone.db-wal"]) copyFileSync(join(library, file), join(copy, file));
  const reopened = openWriter(copy);
  t.after(() => reopened.close());
  const reader = openReader(copy);
  t.after(() => reader.close());
  assert.equal(reader.document("a")?.text, "alpha");
});
