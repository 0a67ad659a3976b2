import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { openEngine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";

const rounds = Number(process.env.KILL_ROUNDS ?? 3);
const seed = Number(process.env.KILL_SEED ?? Date.now() % 100_000);

test(`a vacuum that is killed in the middle loses nothing and brings nothing back (seed ${seed})`, async (t) => {
  const library = join(temporaryFolder(), "library");
  const program = fileURLToPath(new URL("./vacuuming-process.js", import.meta.url));
  const present = new Set<string>();
  const removed = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, [program, library, String(round * 100_000)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    // Killed after so many steps of a vacuum, wherever the next one is by then.
    let left = 4 + ((seed + round * 7919) % 60);
    for await (const line of createInterface({ input: child.stdout })) {
      const [verb, ...words] = line.split(" ");
      if (verb === "step" && --left === 0) child.kill("SIGKILL");
      for (const id of verb === "step" ? [] : words) {
        present[verb === "put" ? "add" : "delete"](id);
        if (verb === "removed") removed.add(id);
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");

    const check = async (engine: Awaited<ReturnType<typeof openEngine>>) => {
      const { documents, total } = await engine.list({ limit: 1_000_000 });
      const listed = new Set(documents.map(({ id }) => id));
      assert.equal(total, listed.size);
      for (const id of present) assert.ok(listed.has(id), `${id} was acknowledged`);
      for (const id of removed) assert.ok(!listed.has(id), `${id} was removed`);
      const { library: counts, vectors } = await engine.status();
      assert.equal(vectors.rows, counts.chunks, "each chunk has its vector");
      for (const id of [...present].slice(-3)) {
        const request = { query: `document ${id} subject`, filter: { id } };
        for (const mode of ["lexical", "dense"] as const) {
          assert.equal((await engine.search({ ...request, mode })).hits[0]?.id, id, mode);
        }
      }
      const { hits } = await engine.search({ query: "document speaks of subject", mode: "lexical", limit: 100 });
      return hits.map(({ score, chunk }) => `${chunk.id} ${score}`);
    };
    const engine = await openEngine({ library, crossEncoder: null, vacuum: { auto: false } });
    const before = await check(engine);
    await engine.vacuum();
    assert.deepEqual(await check(engine), before);
    assert.equal((await engine.status()).vacuum.deadRows, 0);
    await engine.close();
    const db = new Database(join(library, "lodestone.db"), { readonly: true });
    assert.deepEqual(db.pragma("integrity_check"), [{ integrity_check: "ok" }]);
    db.close();
  }
});
