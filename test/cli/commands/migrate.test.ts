import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import type { MigrationStatus, SearchResponse, Status } from "../../../src/index.js";
import { firstLine, notes, openWorkplace, type Workplace } from "../run-cli.js";

async function workplace(t: TestContext): Promise<Workplace> {
  const place = openWorkplace();
  t.after(place.remove);
  place.write(notes);
  const { code, stderr } = await place.run(["index", "notes"]);
  assert.equal(code, 0, stderr);
  return place;
}

async function migrate({ run }: Workplace, ...words: string[]): Promise<MigrationStatus> {
  const { code, stdout, stderr } = await run(["migrate", ...words, "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as MigrationStatus;
}

async function told(place: Workplace): Promise<MigrationStatus | null> {
  return ((await migrate(place, "status")) as unknown as { migration: MigrationStatus | null }).migration;
}

test("a library is migrated to another chunking by commands, with a way back until the end", async (t) => {
  const place = await workplace(t);
  const none = await place.run(["migrate", "status"]);
  assert.deepEqual([none.code, none.stdout], [0, ""]);
  assert.match(none.stderr, /^There was no migration yet\. Begin one: lodestone migrate start --help\n$/);
  assert.equal(await told(place), null);

  const started = await place.run(["migrate", "start", "--max-tokens", "128", "--overlap-tokens", "16"]);
  assert.equal(started.code, 0, started.stderr);
  assert.match(started.stdout, /^migration +1, begun .* UTC\nstate +ready: the new index holds every document/);
  assert.match(started.stdout, /\ndocuments +3 of 3\n/);
  assert.match(started.stdout, /\n +old index +new index\nmodel +minilex-embed-en@\w+ +minilex-embed-en@\w+\n/);
  assert.match(started.stdout, /\nchunks of +256 tokens, 32 shared +128 tokens, 16 shared\n/);

  const split = await migrate(place, "split", "25");
  assert.deepEqual([split.state, split.share], ["split", 25]);
  assert.match(
    (await place.run(["migrate", "status"])).stdout,
    /state +split: .* 25 of 100[\s\S]*\nqueries +75 % +25 %\n/,
  );
  assert.equal((await migrate(place, "promote")).state, "promoted");
  // Written by another process after the promotion: the old index gets it before it answers again.
  assert.equal((await place.run(["index", "-", "--id", "late"], { input: "A late word on walruses." })).code, 0);
  const back = await migrate(place, "rollback", "--reason", "worse on part numbers");
  assert.deepEqual([back.state, back.reason, back.source?.isActive], ["ready", "worse on part numbers", true]);
  const found = await place.run(["search", "walruses", "--json"]);
  assert.equal((JSON.parse(found.stdout) as SearchResponse).hits[0]?.id, "late");
  await migrate(place, "promote");
  const ended = await place.run(["migrate", "finish"]);
  assert.match(ended.stdout, /state +ended: the old index was dropped\n[\s\S]*\nmodel +dropped +minilex/);
  const { generation } = JSON.parse((await place.run(["status", "--json"])).stdout) as Status;
  assert.deepEqual(generation.chunking, { maxTokens: 128, overlapTokens: 16 });
});

test("what is only begun is filled by the same command later, and by every verb that needs it whole", async (t) => {
  const place = await workplace(t);
  const begun = await migrate(place, "start", "--dimensions", "256", "--no-wait");
  assert.equal(begun.target?.dimensions, 256);
  const other = await place.run(["migrate", "start", "--dimensions", "128"]);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /^error: A migration is under way\. Finish it/);
  for (const again of [["--dimensions", "256"], []]) {
    const filled = await migrate(place, "start", ...again);
    assert.deepEqual([filled.id, filled.state, filled.documents.done], [begun.id, "ready", 3]);
  }
  assert.equal((await place.run(["index", "-", "--id", "late"], { input: "A late word." })).code, 0);
  const split = await migrate(place, "split", "10");
  assert.deepEqual([split.state, split.documents], ["split", { done: 4, total: 4 }]);
});

test("what cannot be is told: nothing under way, nothing to change, a model that is not there", async (t) => {
  const { run } = await workplace(t);
  const cases: [words: string[], code: number, message: RegExp][] = [
    [["promote"], 1, /^error: No migration is under way\. Start one first\.\n$/],
    [["start"], 2, /is made with .* already\. Name another model, length of vectors or chunking\./],
    [["start", "--dimensions", "100"], 2, /512, 256, 128 dimensions; 100 was asked for/],
    [["start", "--model", "minilex-embed"], 1, /Did you mean "minilex-embed-en"\?/],
  ];
  for (const [words, code, message] of cases) {
    const told = await run(["migrate", ...words]);
    assert.deepEqual([told.code, told.stdout], [code, ""], told.stderr);
    assert.match(told.stderr, message);
  }
});

test("a server fills a migration, answers by its split and counts clicks; commands beside it read only", async (t) => {
  const place = await workplace(t);
  await migrate(place, "start", "--max-tokens", "128", "--no-wait");
  const server = place.start(["serve", "--port", "0", "--json"]);
  t.after(() => server.kill("SIGKILL"));
  const exited = once(server, "exit");
  const { url } = JSON.parse(await firstLine(server)) as { url: string };
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url + path, body ? { method: "POST", headers, body: JSON.stringify(body) } : {});
    assert.ok(answer.ok, await answer.clone().text());
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  };
  // Brings in what is lacking before it answers.
  const split = await ask<MigrationStatus>("/v1/migration/split", { share: 50 });
  assert.equal(split.state, "split");
  const sides = { [split.source!.generation]: 0, [split.target!.generation]: 0 };
  for (let i = 0; i < 16; i++) {
    const { generation, searchId, hits } = await ask<SearchResponse>(`/v1/search?q=rotate+keys&user=${i}`);
    await ask("/v1/feedback", { searchId, id: hits[0]!.id });
    sides[generation]!++;
  }
  assert.ok(Object.values(sides).every((searches) => searches > 0));
  const { migration } = await ask<{ migration: MigrationStatus }>("/v1/migration");
  for (const side of [migration.source!, migration.target!]) {
    const { searches, clicks, clickRate } = side.figures;
    assert.deepEqual([searches, clicks, clickRate], [sides[side.generation], sides[side.generation], 1]);
  }

  assert.equal((await told(place))?.state, "split");
  const locked = await place.run(["migrate", "promote"]);
  assert.equal(locked.code, 1);
  assert.match(locked.stderr, /is being written by another process .* A server takes this at \/v1\/migration\./);
  server.kill("SIGINT");
  await exited;
  // Its figures were written down when it closed.
  const shown = await place.run(["migrate", "status"]);
  const { source, target } = migration;
  const counts = `${sides[source!.generation]} +${sides[target!.generation]}`;
  assert.match(
    shown.stdout,
    new RegExp(`\\nsearches +${counts}\\n[\\s\\S]*\\nclicks +\\d+, 100\\.0 % +\\d+, 100\\.0 %\\n`),
  );
});
