// /v1/migration over a real library: to another chunking, and to fewer dimensions.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { z } from "zod";
import { openEngine } from "../../src/engine/index.js";
import { migrationAnswerSchema, migrationStatusSchema } from "../../src/http/migration-schema.js";
import { documents, startEverything, startServer, type TestServer } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

type State = z.output<typeof migrationStatusSchema>["state"];

const { engine, server } = await startEverything({ after });
const migrationOf = async ({ ask }: TestServer) =>
  checkedAnswer(migrationAnswerSchema, (await ask("/v1/migration")).json).migration;
const verb = (server: TestServer, name: string, json?: unknown) =>
  server.ask(`/v1/migration/${name}`, { method: "POST", ...(json === undefined ? {} : { json }) });

async function done(server: TestServer, name: string, json?: unknown) {
  const answer = await verb(server, name, json);
  assert.equal(answer.status, 200, answer.text);
  return checkedAnswer(migrationStatusSchema, answer.json);
}

async function until(server: TestServer, state: State) {
  for (;;) {
    const migration = await migrationOf(server);
    if (migration?.state === state) return migration;
  }
}

test("what cannot be is refused with the way out", async () => {
  const start = (json: unknown) => server.ask("/v1/migration", { json });
  const refused = async (answer: Promise<{ status: number; json: Record<string, unknown> }>) => {
    const { status, json } = await answer;
    return [status, json.code, String(json.detail)] as const;
  };
  for (const name of ["promote", "rollback", "finish"]) {
    const [status, code] = await refused(verb(server, name));
    assert.deepEqual([status, code], [409, "NO_MIGRATION"], name);
  }
  const cases: [
    answer: Promise<{ status: number; json: Record<string, unknown> }>,
    status: number,
    code: string,
    detail: RegExp,
  ][] = [
    [verb(server, "split", { share: 25 }), 409, "NO_MIGRATION", /Start one first/],
    [verb(server, "split", { share: 33 }), 400, "INVALID_INPUT", /expected one of 0, 10, 25, 50, 100, found 33/],
    [verb(server, "split", {}), 400, "INVALID_INPUT", /"share": .*found nothing/],
    [verb(server, "split", { shares: 25, share: 25 }), 400, "UNKNOWN_FIELD", /Did you mean "share"\?/],
    [verb(server, "rollback", { why: "x" }), 400, "UNKNOWN_FIELD", /Unknown field "why"/],
    [verb(server, "rollback", { reason: "" }), 400, "INVALID_INPUT", /"reason": expected at least 1 character/],
    [start({}), 400, "INVALID_INPUT", /already/],
    [start({ tokens: 64 }), 400, "UNKNOWN_FIELD", /"tokens"/],
    [start({ maxTokens: 5 }), 400, "INVALID_INPUT", /"maxTokens": expected at least 32, found 5/],
    [start({ maxTokens: 4000 }), 400, "INVALID_INPUT", /longer than the 512/],
    [start({ maxTokens: 64, overlapTokens: 60 }), 400, "INVALID_INPUT", /more than half/],
    [start({ dimensions: 100 }), 400, "INVALID_INPUT", /512, 256, 128 dimensions; 100 was asked for/],
    [start({ model: "minilex-embed" }), 404, "MODEL_NOT_FOUND", /Did you mean "minilex-embed-en"\?/],
    [start({ model: "minilex-rerank-en" }), 422, "MODEL_INVALID", /a bi-encoder is needed/],
  ];
  for (const [answer, status, code, detail] of cases) {
    const found = await refused(answer);
    assert.deepEqual(found.slice(0, 2), [status, code], found[2]);
    assert.match(found[2], detail);
  }
  assert.equal((await server.ask("/v1/migration?verbose=1")).json.code, "UNKNOWN_FIELD");
  assert.equal(await migrationOf(server), null);

  assert.equal((await start({ maxTokens: 64 })).status, 202);
  assert.deepEqual((await refused(start({ maxTokens: 128 }))).slice(0, 2), [409, "MIGRATION_RUNNING"]);
  // The one under way is as it was.
  assert.equal((await until(server, "ready")).target?.chunking.maxTokens, 64);
  assert.equal((await server.ask("/v1/search?q=bread")).status, 200);
  await done(server, "finish");
});

test("a migration is started, filled, split, promoted, rolled back and finished", async () => {
  const started = await server.ask("/v1/migration", { json: { maxTokens: 128, overlapTokens: 16 } });
  assert.deepEqual([started.status, started.headers.location], [202, "/v1/migration"]);
  const begun = checkedAnswer(migrationStatusSchema, started.json);
  assert.deepEqual(begun.target?.chunking, { maxTokens: 128, overlapTokens: 16 });
  assert.deepEqual([begun.source?.isActive, begun.target?.isActive, begun.share], [true, false, 0]);

  const ready = await until(server, "ready");
  assert.deepEqual(ready.documents, { done: documents.length, total: documents.length });
  assert.deepEqual([ready.rate, ready.remainingMs, ready.failing, ready.endedAt], [null, null, null, null]);
  const generationOf = async () => (await server.ask("/v1/search?q=rotate+the+keys")).json.generation;
  assert.equal(await generationOf(), ready.source?.generation);

  const split = await done(server, "split", { share: 100 });
  assert.deepEqual([split.state, split.share], ["split", 100]);
  assert.equal(await generationOf(), ready.target?.generation);
  const promoted = await done(server, "promote");
  assert.deepEqual([promoted.state, promoted.target?.isActive], ["promoted", true]);
  assert.equal(await generationOf(), ready.target?.generation);

  const back = await done(server, "rollback", { reason: "worse on part numbers" });
  assert.deepEqual([back.state, back.source?.isActive, back.reason], ["ready", true, "worse on part numbers"]);
  assert.equal(await generationOf(), ready.source?.generation);
  assert.equal((await done(server, "rollback")).reason, "asked for");

  const ended = await done(server, "finish");
  assert.deepEqual([ended.state, ended.target], ["ended", null]);
  assert.ok(ended.endedAt);
  assert.deepEqual(await migrationOf(server), ended);
});

test("a split sends always the same users to the new index, and their feedback is counted there", async () => {
  await server.ask("/v1/migration", { json: { maxTokens: 128 } });
  const { source, target } = await until(server, "ready");
  await done(server, "split", { share: 50 });
  const search = async (user: string) => {
    const { json } = await server.ask(`/v1/search?q=bread&user=${user}`);
    return json as { generation: number; searchId: string; hits: { id: string }[] };
  };
  const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => search(`user-${i}`)));
  const again = await Promise.all(answers.map((_, i) => search(`user-${i}`)));
  assert.deepEqual(
    again.map(({ generation }) => generation),
    answers.map(({ generation }) => generation),
  );
  const byNew = answers.filter(({ generation }) => generation === target?.generation);
  assert.ok(byNew.length > 0 && byNew.length < answers.length);
  const { searchId, hits } = byNew[0]!;
  const click = { searchId, id: hits[0]!.id };
  assert.equal((await server.ask("/v1/feedback", { json: click })).status, 204);

  const migration = await migrationOf(server);
  const [old, new_] = [migration?.source?.figures, migration?.target?.figures];
  assert.deepEqual([old?.searches, new_?.searches], [2 * (answers.length - byNew.length), 2 * byNew.length]);
  assert.deepEqual([old?.clicks, new_?.clicks], [0, 1]);
  assert.equal(migration?.source?.generation, source?.generation);
  await done(server, "finish");
});

test("searches go on while migrations are promoted, rolled back and finished", async () => {
  await server.ask("/v1/migration", { json: { maxTokens: 64 } });
  await until(server, "ready");
  await done(server, "split", { share: 50 });
  let going = true;
  const failures = new Set<string>();
  const searching = Array.from({ length: 4 }, async (_, searcher) => {
    for (let i = 0; going; i++) {
      const answer = await server.ask(`/v1/search?q=keys+and+bread+${i}&user=u${searcher}-${i}`);
      if (answer.status !== 200) failures.add(answer.text);
    }
  });
  await done(server, "promote");
  await done(server, "rollback");
  await done(server, "split", { share: 50 });
  await done(server, "finish");
  going = false;
  await Promise.all(searching);
  assert.deepEqual([...failures], []);
});

test("a server that only reads tells of the migration, figures and all, and changes nothing", async (t) => {
  await server.ask("/v1/migration", { json: { maxTokens: 64 } });
  await until(server, "ready");
  const reader = await openEngine({ library: engine.library, readOnly: true, crossEncoder: null });
  t.after(() => reader.close());
  const reading = await startServer(t, reader);
  const told = await migrationOf(reading);
  assert.deepEqual([told?.state, told?.target?.chunking.maxTokens], ["ready", 64]);
  for (const name of ["promote", "rollback", "finish"]) {
    assert.equal((await verb(reading, name)).json.code, "LIBRARY_READ_ONLY", name);
  }
  assert.equal((await verb(reading, "split", { share: 10 })).status, 403);
  assert.equal((await reading.ask("/v1/migration", { json: { maxTokens: 128 } })).status, 403);
  await done(server, "finish");
});

test("shorter vectors are a migration as well, and what is written just before a verb is in both indexes", async () => {
  const started = await server.ask("/v1/migration", { json: { dimensions: 256 } });
  assert.equal(started.status, 202, started.text);
  const put = (id: string, text: string) => server.ask(`/v1/documents/${id}`, { method: "PUT", json: { text } });
  await put("zebra", "A zebra is striped in black and white.");
  assert.equal((await done(server, "split", { share: 100 })).state, "split");
  await put("walrus", "A walrus has two long tusks.");
  assert.equal((await done(server, "promote")).target?.dimensions, 256);
  for (const [q, id] of [
    ["striped", "zebra"],
    ["tusks", "walrus"],
  ]) {
    const { hits } = (await server.ask(`/v1/search?q=${q}`)).json as { hits: { id: string }[] };
    assert.equal(hits[0]?.id, id);
  }
  await done(server, "finish");
  const { generation, vectors } = (await server.ask("/v1/status")).json as Record<string, { dimensions: number }>;
  assert.deepEqual([generation?.dimensions, vectors?.dimensions], [256, 256]);
});

test("a migration goes on where the server is started again", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lodestone-http-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const library = join(folder, "library");
  const first = await openEngine({ library, crossEncoder: null });
  await first.put(documents);
  await first.migration.start({ maxTokens: 64 });
  await first.close();
  const second = await openEngine({ library, crossEncoder: null });
  t.after(() => second.close());
  const server = await startServer(t, second);
  assert.equal((await until(server, "ready")).documents.done, documents.length);
});
