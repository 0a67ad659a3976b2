import assert from "node:assert/strict";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import type { SearchResponse, WatchEvent } from "../../../src/index.js";
import { notes, openWorkplace } from "../run-cli.js";

const place = openWorkplace();
after(place.remove);
before(() => place.write(notes));

/** The lines of a process as JSON, one by one. */
function linesOf(child: ChildProcessWithoutNullStreams) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async <T>() => {
    const { value, done } = await lines.next();
    assert.ok(!done, "the process has ended");
    return JSON.parse(value as string) as T;
  };
}

test("index --watch tells the first run and each change on a line, and ends with 0 at Ctrl-C", async () => {
  const child = place.start(["index", "notes", "--watch", "--json"]);
  const exited = once(child, "exit") as Promise<[number | null]>;
  const next = linesOf(child);
  const indexed = async () => {
    const event = await next<WatchEvent>();
    assert.ok(event.kind === "indexed", event.kind);
    return event.report.documents;
  };
  const first = await next<WatchEvent>();
  assert.ok(first.kind === "watching");
  assert.deepEqual([first.report.documents.written, first.folders], [3, 2]);
  place.write({ "notes/train.md": "# Trains\n\nThe train leaves from platform four.\n" });
  assert.equal((await indexed()).written, 1);
  renameSync(join(place.folder, "notes/train.md"), join(place.folder, "notes/lunch/train.md"));
  assert.equal((await indexed()).moved, 1);
  rmSync(join(place.folder, "notes/lunch/train.md"));
  assert.equal((await indexed()).removed, 1);
  child.kill("SIGINT");
  assert.equal((await exited)[0], 0);
});

test("serve --watch answers with what was saved, and makes a snapshot that is due", async () => {
  const words = ["serve", "--port", "0", "--json", "--watch", "notes", "--snapshot-every", "24h", "--keep-last", "2"];
  const child = place.start(words);
  const exited = once(child, "exit") as Promise<[number | null]>;
  const { url } = await linesOf(child)<{ url: string }>();
  place.write({ "notes/harbour.md": "# Harbour\n\nThe ferry leaves the harbour at noon.\n" });
  const search = async () => {
    const answer = await fetch(`${url}/v1/search?q=when+does+the+ferry+leave`);
    return ((await answer.json()) as SearchResponse).hits[0]?.id;
  };
  const snapshots = join(place.library, "snapshots");
  const made = () => existsSync(snapshots) && readdirSync(snapshots).some((name) => /^\d.*Z$/.test(name));
  // The limit of the whole test run ends this where the answer never comes.
  while ((await search()) !== "notes/harbour.md" || !made());
  child.kill("SIGTERM");
  assert.equal((await exited)[0], 0);
});

test("what makes no sense together is a usage error, a path that is not there a failure", async () => {
  const cases: [string[], number, RegExp][] = [
    [["index", "notes", "--poll"], 2, /needs --watch/],
    [["serve", "--poll"], 2, /needs --watch/],
    [["serve", "--keep-last", "3"], 2, /add --snapshot-every/],
    [["serve", "--watch", "notes", "--read-only"], 2, /reading only/],
    [["serve", "--snapshot-every", "often"], 2, /for instance 30m/],
    [["index", "nothing", "--watch"], 1, /no file or folder "nothing"/],
    [["serve", "--port", "0", "--watch", "nothing"], 1, /no file or folder "nothing"/],
  ];
  await Promise.all(
    cases.map(async ([words, code, message], i) => {
      const outcome = await place.run([...words, "--library", join(place.folder, `library-${i}`)]);
      assert.equal(outcome.code, code, words.join(" "));
      assert.match(outcome.stderr, message);
    }),
  );
});
