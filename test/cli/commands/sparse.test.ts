import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { MigrationStatus, SearchResponse, Status } from "../../../src/index.js";
import { importSparse } from "../../encoders/tiny-sparse.js";
import { notes, openWorkplace } from "../run-cli.js";

test("a library gets a sparse encoder by an option, is searched with it, and changed to none by a migration", async (t) => {
  const place = openWorkplace();
  t.after(place.remove);
  place.write(notes);
  const models = join(place.folder, "models");
  await importSparse(models, "tiny", { vault: { vault: 3, safe: 2 }, safe: { safe: 3 } });
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await place.run(words, { environment: { LODESTONE_MODELS: models } });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  await run("index", "notes", "--sparse-model", "tiny");
  assert.match(await run("status"), /^sparse encoder +tiny@\w{12}$/m);
  const answer = JSON.parse(await run("search", "safe", "--explain", "--json")) as SearchResponse;
  const keys = answer.hits.find(({ id }) => id === "notes/keys.md")?.explain;
  assert.deepEqual([keys?.sparse?.rank, keys?.lexical], [1, undefined]);
  assert.match(await run("search", "safe", "--explain"), /\n +sparse +1 +\d+\.\d{3} +normalised 1\.000\n/);
  assert.doesNotMatch(await run("search", "safe", "--explain", "--no-sparse"), /\n +sparse /);
  assert.match(await run("search", "safe", "--explain", "--mode", "sparse"), /\n +bm25 +- +- +not found\n/);
  const cost = await run("monitor", "cost");
  assert.match(cost, /tiny@\w+ \(sparse\)/);

  const started = JSON.parse(await run("migrate", "start", "--no-sparse-model", "--json")) as MigrationStatus;
  assert.match(started.source?.sparseEncoder ?? "", /^tiny@/);
  assert.equal(started.target?.sparseEncoder, null);
  assert.match(await run("migrate", "status"), /\nsparse encoder +tiny@\w+ +none\n/);
  await run("migrate", "promote");
  assert.equal((JSON.parse(await run("status", "--json")) as Status).models.sparseEncoder, null);
});
