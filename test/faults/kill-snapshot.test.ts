import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { restore } from "../../src/lifecycle/restore.js";
import { makeSnapshot } from "../../src/lifecycle/snapshot.js";
import { listSnapshotFolders } from "../../src/lifecycle/snapshot-folder.js";
import { checkSnapshot } from "../../src/lifecycle/verify-snapshot.js";
import { openReader } from "../../src/store/reader.js";
import { context, smallLibrary } from "../lifecycle/small-library.js";

const rounds = Number(process.env.KILL_ROUNDS ?? 8);
const seed = Number(process.env.KILL_SEED ?? Date.now() % 100_000);

test(`after kill -9 every listed snapshot is whole, and a half-done restore is begun anew (seed ${seed})`, async (t) => {
  const { library, directory, folder, request } = smallLibrary(t);
  const program = fileURLToPath(new URL("./snapshotting-process.js", import.meta.url));
  for (let round = 0; round < rounds; round++) {
    const target = join(folder, `restored-${round}`);
    const child = spawn(process.execPath, [program, library, directory, target], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    let acknowledged = "";
    let left = 1 + ((seed + round * 7919) % 60);
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("snapshot ")) acknowledged = line.slice("snapshot ".length);
      if (--left === 0) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");

    const listed = await listSnapshotFolders(directory);
    assert.ok(acknowledged === "" || listed.some(({ name }) => name === acknowledged), `${acknowledged} was made`);
    for (const { path, state } of listed.slice(-3)) {
      assert.equal(state, "complete");
      assert.equal((await checkSnapshot(path, context())).ok, true, path);
    }
    const { path } = await makeSnapshot(request, context({ now: Date.now }));
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith(".partial")),
      [],
    );
    // The kill may have come after the restore was over, before its mark was taken away.
    if (!existsSync(join(target, "lodestone.db"))) await restore({ snapshot: path, library: target }, context());
    const reader = openReader(target);
    assert.equal(reader.counts().documents, 2);
    reader.close();
  }
});
