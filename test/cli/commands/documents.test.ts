import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Status } from "../../../src/engine/index.js";
import { notes, openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run } = place;
after(place.remove);
before(async () => {
  place.write(notes);
  const { code, stderr } = await run(["index", "notes"]);
  assert.equal(code, 0, stderr);
});

test("status tells what the library holds, in words and as JSON", async () => {
  const words = await run(["status"]);
  assert.equal(words.code, 0, words.stderr);
  assert.match(words.stdout, /^library +.*library\ndocuments +3\nchunks +3 \(\d+ tokens, \d+ characters\)\n/);
  assert.match(words.stdout, /\nbi-encoder +\S+@[0-9a-f]{12}, \d+ dimensions\n/);
  const json = await run(["status", "--json"]);
  const { library, generation, models } = JSON.parse(json.stdout) as Status;
  assert.equal(library.documents, 3);
  assert.equal(library.readOnly, true);
  assert.equal(generation.chunking.maxTokens, 256);
  assert.equal(models.biEncoder, generation.model);
});

test("list shows ids and titles, a page of them where asked", async () => {
  const all = await run(["list"]);
  assert.match(
    all.stdout,
    /^id +characters +type +title\nnotes\/backup\.md +\d+ +text\/markdown +Backups\nnotes\/keys\.md /,
  );
  const page = await run(["list", "--limit", "1", "--offset", "1", "--json"]);
  const { documents, total } = JSON.parse(page.stdout) as { documents: { id: string }[]; total: number };
  assert.deepEqual([documents.map(({ id }) => id), total], [["notes/keys.md"], 3]);
  const none = await run(["list", "--filter", "team=sales"]);
  assert.deepEqual(none, { code: 0, stdout: "", stderr: "No documents meet this filter.\n" });
});

test("get prints a document with its metadata and its text", async () => {
  const { code, stdout } = await run(["get", "notes/keys.md"]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^id +notes\/keys\.md\ntitle +Key management\n[\s\S]*\nteam +infra\nyear +2024\ntags +keys, security\n\nKey management\n/,
  );
  const missing = await run(["get", "notes/kyes.md"]);
  assert.equal(missing.code, 1);
  assert.match(
    missing.stderr,
    /^error: There is no document "notes\/kyes\.md" in .*\. "lodestone list" shows the ids\.\n$/,
  );
});

test("delete by filter wants a yes, and off a terminal --yes", async () => {
  const refused = await run(["delete", "--filter", "folder=notes"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^error: This would delete 3 documents, and there is no terminal to ask at\. Add --yes/);
  const deleted = await run(["delete", "--filter", "folder=notes/lunch", "--yes", "--json"]);
  assert.equal(deleted.code, 0, deleted.stderr);
  assert.deepEqual(JSON.parse(deleted.stdout), { removed: ["notes/lunch/menu.txt"], missing: [] });
});

test("delete by id removes what is there and names what is not, with 1", async () => {
  const { code, stdout, stderr } = await run(["delete", "notes/backup.md", "notes/nothing.md"]);
  assert.equal(code, 1);
  assert.equal(stdout, "1 document deleted\n");
  assert.match(stderr, /^warning: not in the library: notes\/nothing\.md\. /);
  const search = await run(["search", "nightly backups", "--json"]);
  assert.ok(!search.stdout.includes("notes/backup.md"));
});
