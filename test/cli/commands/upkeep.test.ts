import assert from "node:assert/strict";
import { after, test } from "node:test";
import { notes, openWorkplace } from "../run-cli.js";

const place = openWorkplace();
after(() => place.remove());
place.write(notes);

const json = async (...words: string[]) => {
  const { code, stdout, stderr } = await place.run([...words, "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
};

test("cache stats tells what was looked for and found, cache clear forgets it", async () => {
  await json("index", "notes");
  const before = await json("cache", "stats");
  assert.deepEqual([before.state, before.entries, before.hitRate], ["on", before.misses, 0]);
  const copies = Object.entries(notes).map(([path, text]) => [path.replace("notes/", "copy/"), text]);
  place.write(Object.fromEntries(copies));
  const again = await json("index", "copy");
  assert.deepEqual([again.embedded, again.cached], [0, before.entries]);
  assert.equal((await json("cache", "stats")).hitRate, 0.5);
  const { stdout } = await place.run(["cache", "stats"]);
  assert.match(stdout, /hit rate +50\.0 %/);
  assert.deepEqual(await json("cache", "clear", "--tenant", "nobody"), { removed: 0 });
  assert.deepEqual(await json("cache", "clear"), { removed: before.entries });
  assert.match((await place.run(["status"])).stdout, /cache +0 embeddings/);
});

test("duplicates are listed, and left out on request", async () => {
  const { stdout } = await place.run(["duplicates"]);
  assert.match(stdout, /^notes\/backup\.md {2}exact\n {2}same {2}copy\/backup\.md\n/);
  const { total, surplus } = await json("duplicates", "--kind", "exact", "--limit", "1");
  assert.deepEqual([total, surplus], [3, 3]);
  place.write({ "more/keys.md": notes["notes/keys.md"], "more/new.md": "# New\n\nSomething else altogether.\n" });
  const indexed = await place.run(["index", "more", "--on-duplicate", "skip-exact"]);
  assert.match(indexed.stdout, /^1 document indexed, 1 duplicate\n/);
  assert.match(
    indexed.stderr,
    /1 document was left out as duplicates:\n {2}more\/keys\.md: the same text as notes\/keys\.md\n/,
  );
  const stdin = await place.run(["index", "-", "--id", "k", "--type", "markdown", "--on-duplicate", "skip-near"], {
    input: notes["notes/keys.md"],
  });
  assert.match(stdin.stdout, /^k: left out, for it duplicates notes\/keys\.md\n/);
});

test("stale list shows policies and reasons, stale run brings up to date what is due", async () => {
  assert.equal((await place.run(["stale", "list"])).stderr, "No document is due.\n");
  const live = (text: string) => ({ "live/board.md": `---\nstaleness: on_change\n---\n# Board\n\n${text}\n` });
  place.write(live("Trains leave from platform four."));
  await json("index", "live");
  place.write(live("Ferries leave from the old harbour."));
  const list = await place.run(["stale", "list"]);
  assert.match(list.stdout, /^id +policy +age +why\nlive\/board\.md +on_change +0 h +its file has changed\n$/);
  assert.match(
    (await place.run(["stale", "list", "--all"])).stdout,
    /notes\/keys\.md +weekly +0 h +nothing says otherwise/,
  );
  const run = await place.run(["stale", "run"]);
  assert.match(run.stdout, /^1 document was due: 1 file read, 1 document had changed, 1 embedding, /, run.stderr);
  assert.equal((await json("stale", "run")).due, 0);
});

test("vacuum prints the bytes before and after", async () => {
  await json("delete", "--filter", "folder=copy", "--yes");
  const { code, stdout, stderr } = await place.run(["vacuum", "--cache"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^[\d.]+ [kM]B -> [\d.]+ [kM]B\n\d+ dead rows? removed/);
  assert.equal((await json("vacuum")).rows, 0);
});
