import assert from "node:assert/strict";
import { rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import type { Clock } from "../../src/clock.js";
import type { EngineOptions } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary, writeFiles } from "./temporary.js";

const DAY = 24 * 3_600_000;

const files = {
  "wiki/lakes.md": "# Lakes\n\nLakes are deep and cold.\n",
  "papers/attention.md": "# Attention\n\nAttention weighs the words of a text.\n",
  "news/today.md": "# Today\n\nThe bridge was opened today.\n",
  "wiki/kept.md": "---\nstaleness: never\n---\n# Kept\n\nThis page stays as it is.\n",
  "wiki/live.md": "---\nstaleness: on_change\n---\n# Live\n\nThe board shows the trains.\n",
};

async function openIndexed(t: TestContext, options: Partial<EngineOptions> = {}) {
  const folder = temporaryFolder();
  const library = join(temporaryFolder(), "library");
  writeFiles(folder, files);
  const engine = await openTemporary(t, { library, crossEncoder: null, ...options });
  await engine.ingestPaths([folder]);
  const id = (path: string) => `${basename(folder)}/${path}`;
  const sql = (statement: string) => {
    const db = new Database(join(library, "lodestone.db"));
    db.exec(statement);
    db.close();
  };
  /** As if so many days had gone by since everything was looked at. */
  const wait = (days: number) => sql(`UPDATE documents SET checked_at_ms = checked_at_ms - ${days * DAY}`);
  const dueIds = async () => (await engine.stale.list()).documents.map((document) => document.id);
  return { engine, folder, library, id, sql, wait, dueIds };
}

test("documents become due by their policies, and each says why it has it", async (t) => {
  const { engine, id, wait, dueIds } = await openIndexed(t);
  await engine.put([
    { id: "zebra", text: "Handed in, not read.", staleness: "daily" },
    { id: "zoo", text: "Handed in as well." },
  ]);
  assert.deepEqual(await dueIds(), []);
  const { documents, total } = await engine.stale.list({ all: true });
  assert.equal(total, 7);
  assert.deepEqual(
    documents.map(({ id, policy, why }) => [id, policy, why]),
    [
      [id("news/today.md"), "daily", 'it is in a folder "news"'],
      [id("papers/attention.md"), "never", 'it is in a folder "papers"'],
      [id("wiki/kept.md"), "never", "given with the document"],
      [id("wiki/lakes.md"), "weekly", "nothing says otherwise"],
      [id("wiki/live.md"), "on_change", "given with the document"],
      ["zebra", "daily", "given with the document"],
      ["zoo", "weekly", "nothing says otherwise"],
    ],
  );
  wait(2);
  assert.deepEqual(await dueIds(), [id("news/today.md")]);
  wait(6);
  assert.deepEqual(await dueIds(), [id("news/today.md"), id("wiki/lakes.md")]);
  const page = await engine.stale.list({ offset: 1, limit: 1 });
  assert.deepEqual([page.documents.length, page.total], [1, 2]);
  assert.match(page.documents[0]!.because!, /8 days ago/);
  assert.equal(Math.round(page.documents[0]!.ageMs / DAY), 8);
  await assert.rejects(engine.stale.list({ everything: true } as never), coded("UNKNOWN_FIELD"));
});

test("a run reads what is due again and embeds only what has changed; then nothing is due", async (t) => {
  const { engine, folder, wait, dueIds } = await openIndexed(t);
  const news = join(folder, "news/today.md");
  const { mtime } = statSync(news);
  // Of the same size and time: only reading it tells.
  writeFileSync(news, files["news/today.md"].replace("opened", "closed"));
  utimesSync(news, mtime, mtime);
  wait(8);
  const { ms: _, ...report } = await engine.stale.run();
  assert.deepEqual(report, {
    due: 2,
    files: { read: 2, skipped: 0, gone: [] },
    documents: { written: 1, removed: 0, reprepared: 0 },
    embedded: 1,
  });
  assert.deepEqual(await dueIds(), []);
  assert.equal((await engine.search({ query: "bridge closed", mode: "lexical" })).hits.length, 1);
  assert.equal((await engine.stale.run()).due, 0);
});

test("an on_change document is due when its file looks another one", async (t) => {
  const { engine, folder, id, dueIds } = await openIndexed(t);
  writeFileSync(join(folder, "wiki/live.md"), files["wiki/live.md"].replace("trains", "ferries to the islands"));
  writeFileSync(join(folder, "wiki/kept.md"), "---\nstaleness: never\n---\n# Kept\n\nNobody looks.\n");
  assert.deepEqual(await dueIds(), [id("wiki/live.md")]);
  assert.equal((await engine.stale.run()).documents.written, 1);
  assert.equal((await engine.search({ query: "ferries" })).hits[0]!.id, id("wiki/live.md"));
  assert.match((await engine.get(id("wiki/kept.md")))!.text, /stays as it is/);
});

test("a document that keeps changing becomes on_change", async (t) => {
  const { engine, folder, id } = await openIndexed(t);
  const policy = async () =>
    (await engine.stale.list({ all: true })).documents.find((document) => document.id === id("wiki/lakes.md"))!.policy;
  for (const [edition, expected] of [
    ["first", "weekly"],
    ["second", "on_change"],
  ] as const) {
    writeFileSync(join(folder, "wiki/lakes.md"), `${files["wiki/lakes.md"]}\nThe ${edition} edition.\n`);
    await engine.ingestPaths([folder]);
    assert.equal(await policy(), expected);
  }
});

test("rules of the caller come first, and a rule that is none is refused", async (t) => {
  const rules = [
    { filter: { folder: "papers" } as never, policy: "daily" as const },
    { filter: { type: "text/markdown", path: { exists: true } }, policy: "never" as const },
  ];
  const { engine, id } = await openIndexed(t, { staleness: { rules } });
  const policies = new Map((await engine.stale.list({ all: true })).documents.map(({ id, policy }) => [id, policy]));
  assert.equal(policies.get(id("wiki/lakes.md")), "never");
  assert.equal(policies.get(id("wiki/live.md")), "on_change");
  const bad = { rules: [{ filter: { year: { above: 3 } } as never, policy: "never" as const }] };
  await assert.rejects(openTemporary(t, { staleness: bad }), coded("FILTER_INVALID"));
  const unknown = { rules: [{ filter: {}, policy: "sometimes" as never }] };
  await assert.rejects(openTemporary(t, { staleness: unknown }), coded("INVALID_INPUT"));
});

test("with another text pipeline, texts are prepared anew and keep vectors and answers", async (t) => {
  const { engine, sql, dueIds } = await openIndexed(t);
  const texts = Array.from({ length: 150 }, (_, n) => ({
    id: `text ${String(n).padStart(3, "0")}`,
    text: `Text number ${n} tells about ${["ships", "bread", "stars"][n % 3]}.`,
    metadata: { n },
  }));
  await engine.put([...texts, { id: "zz kept", text: "Never again.", staleness: "never" }]);
  const answers = async () =>
    Promise.all(
      ["ships", "bread"].map(async (query) => {
        const { hits } = await engine.search({ query, limit: 100 });
        return hits.map(({ id, score, chunk }) => `${id} ${score} ${chunk.id}`);
      }),
    );
  const before = await answers();
  sql("UPDATE documents SET pipeline = '0'; UPDATE files SET pipeline = '0'");
  assert.equal((await engine.stale.list({ limit: 1 })).total, 150 + 3);
  const report = await engine.stale.run();
  assert.deepEqual([report.documents.reprepared, report.files.read, report.embedded], [150, 3, 0]);
  assert.deepEqual(await dueIds(), []);
  assert.deepEqual(await answers(), before);
  assert.equal((await engine.status()).vacuum.deadRows, 0);
});

test("documents of a file that is gone stay, and the run says so", async (t) => {
  const { engine, folder, id, wait } = await openIndexed(t);
  rmSync(join(folder, "wiki/lakes.md"));
  wait(8);
  const { files } = await engine.stale.run();
  assert.deepEqual(files, { read: 1, skipped: 0, gone: [join(folder, "wiki/lakes.md")] });
  assert.ok(await engine.get(id("wiki/lakes.md")));
});

test("another model is never taken up: it is refused, and a run leaves model and generation as they are", async (t) => {
  const { engine, library, sql, wait } = await openIndexed(t);
  await engine.put([{ id: "upgrade", text: "Embedded again with another model.", staleness: "on_model_upgrade" }]);
  const { generation } = await engine.status();
  wait(400);
  sql("UPDATE documents SET pipeline = '0'; UPDATE files SET pipeline = '0'");
  const due = (await engine.stale.list({ limit: 1000 })).documents;
  assert.ok(due.every(({ because }) => !/model/.test(because!)));
  assert.ok(!due.some(({ policy }) => policy === "on_model_upgrade" || policy === "never"));
  const { embedded } = await engine.stale.run();
  assert.equal(embedded, 0, "the same content has the same vectors");
  assert.deepEqual((await engine.status()).generation, generation);
  await engine.close();
  await assert.rejects(openTemporary(t, { library, dimensions: 128 }), coded("MODEL_VERSION_MISMATCH"));
});

test("a reading engine lists what is due and brings nothing up to date; an aborted run stops", async (t) => {
  const { engine, library, wait } = await openIndexed(t);
  wait(8);
  await assert.rejects(engine.stale.run({ signal: AbortSignal.abort() }), coded("ABORTED"));
  const reading = await openTemporary(t, { library, readOnly: true, crossEncoder: null });
  assert.equal((await reading.stale.list()).total, 2);
  await assert.rejects(reading.stale.run(), coded("LIBRARY_READ_ONLY"));
  assert.throws(() => reading.stale.schedule({ everyMs: 1000, onFailure: assert.fail }), coded("LIBRARY_READ_ONLY"));
});

/** A clock that stands; `turn` lets the time pass that somebody waits for, once somebody does, and tells how long that is. */
function standingClock(): Clock & { turn(): Promise<number> } {
  let nowMs = 1_800_000_000_000;
  let waiting: { ms: number; work(): void } | undefined;
  let noted: (() => void) | undefined;
  return {
    now: () => nowMs,
    after(ms, work) {
      waiting = { ms, work };
      noted?.();
      return () => {
        waiting = undefined;
      };
    },
    async turn() {
      if (!waiting) await new Promise<void>((resolve) => (noted = resolve));
      const { ms, work } = waiting!;
      waiting = undefined;
      nowMs += ms;
      work();
      return ms;
    },
  };
}

test("the schedule looks at once and then by the clock, until it is closed", async (t) => {
  const { engine, wait } = await openIndexed(t);
  const clock = standingClock();
  const due: number[] = [];
  wait(8);
  const schedule = engine.stale.schedule({
    everyMs: 3_600_000,
    clock,
    onDone: (report) => due.push(report.due),
    onFailure: assert.fail,
  });
  assert.equal(await clock.turn(), 3_600_000);
  await clock.turn();
  assert.deepEqual(due, [2], "nothing was due the second time");
  wait(8);
  await clock.turn();
  await clock.turn();
  assert.deepEqual(due, [2, 2]);
  await schedule.close();
  wait(8);
  assert.equal((await engine.stale.list()).total, 2, "nobody looks any more");
});
