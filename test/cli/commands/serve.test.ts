import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Status } from "../../../src/engine/index.js";
import type { IngestReport } from "../../../src/ingest/index.js";
import type { SearchResponse } from "../../../src/retrieval/index.js";
import { firstLine, notes, openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run, start, library } = place;
after(place.remove);
before(() => place.write(notes));

type Ready = { url: string; library: string; indexed?: IngestReport | null };

/** Starts a server and hands over its ready line; ended by the test. */
async function serving(words: string[]) {
  const child = start([...words, "--port", "0", "--json"]);
  const exited = once(child, "exit") as Promise<[number | null]>;
  let stderr = "";
  child.stderr.on("data", (part) => {
    stderr += part;
  });
  const line = await firstLine(child);
  assert.notEqual(line, "", stderr);
  return {
    ready: JSON.parse(line) as Ready,
    async end(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

test("start indexes on the first run only, serves, and completes a first run that was interrupted", async () => {
  const first = await serving(["start", "--docs", "notes"]);
  assert.equal(first.ready.indexed?.documents.written, 3);
  const answer = await fetch(`${first.ready.url}/v1/search?q=rotate%20the%20keys`);
  assert.equal(((await answer.json()) as SearchResponse).hits[0]?.id, "notes/keys.md");
  assert.equal(await first.end("SIGINT"), 0);

  place.write({ "notes/later.md": "# Later\n\nWritten after the first start.\n" });
  const second = await serving(["start", "--docs", "notes"]);
  assert.equal(second.ready.indexed, null);
  assert.equal(await second.end("SIGTERM"), 0);

  writeFileSync(join(library, "start-unfinished"), "");
  const third = await serving(["start", "--docs", "notes"]);
  assert.equal(third.ready.indexed?.documents.written, 1);
  assert.equal(third.ready.indexed?.files.unchanged, 3);
  assert.equal(await third.end("SIGINT"), 0);
  assert.ok(!existsSync(join(library, "start-unfinished")));
});

test("serve answers until it is stopped; meanwhile searches are allowed and a second writer is not", async () => {
  const { ready, end } = await serving(["serve"]);
  try {
    assert.equal(ready.library, library);
    assert.equal((await fetch(`${ready.url}/livez`)).status, 200);
    const searched = await run(["search", "backups", "--json"]);
    assert.equal(searched.code, 0, searched.stderr);
    const second = await run(["index", "notes"]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /is being written by another process/);
  } finally {
    assert.equal(await end("SIGINT"), 0);
  }
});

test("serve keeps vectors as it is told", async () => {
  const { ready, end } = await serving([
    "serve",
    "--vector-format",
    "int8",
    "--vector-dimensions",
    "128",
    "--vectors-on-disk",
  ]);
  try {
    const { vectors } = (await (await fetch(`${ready.url}/v1/status`)).json()) as Status;
    assert.deepEqual([vectors.format, vectors.dimensions, vectors.storedDimensions], ["int8", 512, 128]);
    assert.match(vectors.onDisk?.path ?? "", /vectors\.lvec$/);
  } finally {
    assert.equal(await end("SIGINT"), 0);
  }
});

test("a port that is taken, and an address for others without a name for them, are refused with the way out", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const taken = await run(["serve", "--port", String(port)]);
  assert.equal(taken.code, 1);
  assert.match(
    taken.stderr,
    new RegExp(`^error: Another program listens on 127\\.0\\.0\\.1, port ${port}; .* choose another port`, "m"),
  );
  assert.equal(taken.stdout, "");
  const open = await run(["serve", "--host", "0.0.0.0", "--port", "0"]);
  assert.equal(open.code, 2);
  assert.match(open.stderr, /Other machines can reach 0\.0\.0\.0/);
});
