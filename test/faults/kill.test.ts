import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openEngine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";

const rounds = Number(process.env.KILL_ROUNDS ?? 3);
const seed = Number(process.env.KILL_SEED ?? Date.now() % 100_000);

test(`after kill -9 every acknowledged document is there and every acknowledged removal holds (seed ${seed})`, async (t) => {
  const library = join(temporaryFolder(), "library");
  const program = fileURLToPath(new URL("./writing-process.js", import.meta.url));
  const present = new Set<string>();
  const removed = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, [program, library, String(round * 100_000)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    // Killed after so many acknowledgements, wherever the writing is by then.
    let left = 5 + ((seed + round * 7919) % 40);
    for await (const line of createInterface({ input: child.stdout })) {
      const [verb, ...ids] = line.split(" ");
      for (const id of ids) {
        if (verb === "put") present.add(id);
        else {
          present.delete(id);
          removed.add(id);
        }
      }
      if (--left === 0) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");

    const engine = await openEngine({ library, crossEncoder: null });
    const { total } = await engine.list({ limit: 1 });
    const { documents } = await engine.list({ limit: 1_000_000 });
    const listed = new Set(documents.map(({ id }) => id));
    assert.equal(total, listed.size);
    for (const id of present) assert.ok(listed.has(id), `${id} was acknowledged`);
    for (const id of removed) assert.ok(!listed.has(id), `${id} was removed`);
    const { library: counts, vectors } = await engine.status();
    assert.equal(counts.documents, total);
    assert.equal(vectors.rows, counts.chunks, "each chunk has its vector");
    for (const id of [...present].slice(-3)) {
      const { hits } = await engine.search({ query: `document ${id} subject`, filter: { id } });
      assert.equal(hits[0]?.id, id);
    }
    for (const mode of ["lexical", "dense"] as const) {
      const { hits } = await engine.search({ query: "document speaks of subject", mode, limit: 100 });
      assert.ok(
        hits.every(({ id }) => !removed.has(id)),
        mode,
      );
    }
    await engine.close();
  }
});
