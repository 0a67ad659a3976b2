import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { ListedSnapshot, SnapshotMade, VerifyReport } from "../../src/index.js";
import { takeLock } from "../../src/store/index.js";
import { startEverything } from "./server-under-test.js";

const { engine, server } = await startEverything({ after });
const made = async (body: object = {}) => server.ask("/v1/snapshots", { json: body });
const listed = async () => (await server.ask("/v1/snapshots")).json.snapshots as ListedSnapshot[];

test("a snapshot is made, listed, checked and removed", async () => {
  const answer = await made();
  assert.equal(answer.status, 200);
  const snapshot = answer.json as SnapshotMade;
  assert.deepEqual([snapshot.documents, snapshot.left], [4, []]);
  assert.deepEqual(
    (await listed()).map(({ name, state }) => [name, state]),
    [[snapshot.name, "complete"]],
  );
  const report = await server.ask(`/v1/snapshots/${snapshot.name}/verify`);
  assert.deepEqual([report.status, report.json.ok], [200, true]);
  const removed = await server.ask(`/v1/snapshots/${snapshot.name}`, { method: "DELETE" });
  assert.deepEqual(removed.json, { removed: snapshot.name });
  assert.deepEqual(await listed(), []);
});

test("what is damaged is told file by file, with status 200: the check itself succeeded", async () => {
  const { name, path } = (await made()).json as SnapshotMade;
  appendFileSync(join(path, "lodestone.db"), "x");
  const answer = await server.ask(`/v1/snapshots/${name}/verify`);
  const report = answer.json as VerifyReport;
  assert.deepEqual([answer.status, report.ok, report.faults[0]?.file], [200, false, "lodestone.db"]);
});

test("an unknown name is a 404, also one that would lead out of the folder", async () => {
  for (const name of ["2020-01-01T00-00-00.000Z", "..", "..%2F..%2Flibrary", "snapshots.lock"]) {
    for (const [path, method] of [
      [`/v1/snapshots/${name}/verify`, "GET"],
      [`/v1/snapshots/${name}`, "DELETE"],
    ] as const) {
      const answer = await server.ask(path, { method });
      assert.equal(answer.status, 404, `${method} ${path}`);
    }
  }
});

test("unknown fields and a folder of the caller's choosing are refused", async () => {
  for (const body of [{ withModel: true }, { directory: "/tmp" }]) {
    const answer = await made(body);
    assert.deepEqual([answer.status, answer.json.code], [400, "UNKNOWN_FIELD"]);
  }
});

test("while another one is being made a snapshot is a 409", async () => {
  const { path } = (await made()).json as SnapshotMade;
  const another = takeLock(join(dirname(path), "snapshots.lock"));
  const answer = await made();
  assert.deepEqual([answer.status, answer.json.code], [409, "SNAPSHOT_RUNNING"]);
  another?.release();
  assert.equal((await made()).status, 200);
  assert.ok((await engine.snapshots.list()).length >= 2);
});
