import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/package-root.js";
import { databasePath, openForReading } from "../../src/store/connection.js";
import { openReader } from "../../src/store/reader.js";
import { formatVersion, schemaVersion } from "../../src/store/schema.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { storedPassages } from "./stored-passages.js";

test("a library of format 1 is read as it is, and upgraded by the next writer: its passages stay, its full-text tables go", (t) => {
  const library = join(temporaryFolder(), "library");
  mkdirSync(library);
  copyFileSync(join(packageRoot, "test", "fixtures", "library-v1", "lodestone.db"), databasePath(library));
  const generations = [2, 3];
  const reading = openForReading(library);
  const before = generations.map((generation) => storedPassages(reading, generation));
  reading.close();
  assert.ok(before.every((passages) => passages.size > 8));

  const writer = openWriter(library);
  t.after(() => writer.close());
  assert.equal(schemaVersion(writer.db), formatVersion);
  const left = writer.db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'lexical%'").all();
  assert.deepEqual(left, []);
  assert.deepEqual(
    generations.map((generation) => storedPassages(writer.db, generation)),
    before,
  );
  assert.deepEqual(writer.db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
  assert.deepEqual(writer.db.pragma("foreign_key_check"), []);
});

test("a library without a table of headings suggests none while it is only read, and all of them from the next writer on", (t) => {
  const library = join(temporaryFolder(), "library");
  mkdirSync(library);
  copyFileSync(join(packageRoot, "test", "fixtures", "library-v2", "lodestone.db"), databasePath(library));
  const before = openReader(library);
  assert.deepEqual(before.headings("", "", 10), []);
  before.close();

  openWriter(library).close();
  const reader = openReader(library);
  t.after(() => reader.close());
  assert.deepEqual(reader.headings("", "", 10), ["Key management", "Rotation"]);
  assert.deepEqual(reader.headings("acme", "", 10), []);
});
