import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, renameSync, rmSync, type watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "../../src/clock.js";
import { TargetWatch, type TargetWatchOptions, type WatchNews } from "../../src/ingest/target-watch.js";
import { coded } from "../end-to-end/temporary.js";
import { temporaryFolder } from "../temporary-folder.js";

function folderWith(...files: string[]): string {
  const folder = temporaryFolder();
  for (const file of files) write(join(folder, file));
  return folder;
}

function write(path: string, content = "text"): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

async function opened(t: TestContext, targets: string[], options: TargetWatchOptions = {}) {
  const watch = await TargetWatch.open(targets, options, { clock: systemClock });
  t.after(() => watch.close());
  const { signal } = new AbortController();
  const seen = new Set<string>();
  return {
    watch,
    next: () => watch.next(signal),
    /** Resolves once each of these paths was handed out, by itself or with a folder above it. */
    async until(...paths: string[]) {
      const batches: Extract<WatchNews, { kind: "changed" }>[] = [];
      const isTold = (path: string) => [...seen].some((told) => path === told || path.startsWith(`${told}/`));
      while (!paths.every(isTold)) {
        const news = await watch.next(signal);
        assert.equal(news.kind, "changed");
        if (news.kind !== "changed") continue;
        batches.push(news);
        for (const path of news.within) seen.add(path);
      }
      seen.clear();
      return batches;
    },
  };
}

for (const [how, options] of [
  ["told by the system", {}],
  ["looking again and again", { pollMs: 100 }],
] as const) {
  test(`${how}: files that are made, changed, moved and removed are handed out, also in new folders`, async (t) => {
    const root = folderWith("a.md", "sub/b.md");
    const { until } = await opened(t, [root], options);
    const path = (name: string) => join(root, name);
    write(path("a.md"), "changed");
    await until(path("a.md"));
    write(path("new/deep/c.md"));
    await until(path("new/deep/c.md"));
    write(path("new/deep/c.md"), "changed, too");
    await until(path("new/deep/c.md"));
    renameSync(path("new"), path("moved"));
    await until(path("new/deep/c.md"), path("moved/deep/c.md"));
    write(path("moved/deep/d.md"));
    await until(path("moved/deep/d.md"));
    rmSync(path("sub"), { recursive: true });
    await until(path("sub/b.md"));
  });
}

test("folders that are made one in the other in quick succession are all watched", async (t) => {
  const root = temporaryFolder();
  const { until, watch } = await opened(t, [root]);
  const deep = Array.from({ length: 40 }, (_, i) => join(root, `e${i}`, "a", "b", "c"));
  const program = `
    const { mkdirSync, writeFileSync } = require("node:fs");
    const nap = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    for (const folder of process.argv.slice(1)) {
      mkdirSync(folder.slice(0, -6));
      for (const part of [-4, -2]) { nap(Math.random() * 2); mkdirSync(folder.slice(0, part)); }
      nap(Math.random() * 2);
      mkdirSync(folder);
    }`;
  execFileSync(process.execPath, ["-e", program, ...deep]);
  for (const folder of deep) write(join(folder, "f.md"));
  await until(...deep.map((folder) => join(folder, "f.md")));
  assert.equal(watch.folders, 1 + deep.length * 4);
  for (const folder of deep) write(join(folder, "f.md"), "changed");
  await until(...deep.map((folder) => join(folder, "f.md")));
});

test("hidden files, node_modules, excluded folders and the library's own are not watched", async (t) => {
  const root = folderWith("a.md", ".git/x.md", "node_modules/m/y.md", "drafts/z.md", "library/q.md");
  const { watch, until } = await opened(t, [root], { exclude: ["drafts"], ignore: [join(root, "library")] });
  assert.equal(watch.folders, 2);
  for (const file of [".git/x.md", ".hidden.md", "node_modules/m/y.md", "drafts/z.md", "library/q.md"]) {
    write(join(root, file), "changed");
  }
  write(join(root, "a.md"), "changed");
  const batches = await until(join(root, "a.md"));
  assert.deepEqual([...new Set(batches.flatMap(({ within }) => within))], [join(root, "a.md")]);
});

test("of a file only that file is told, of a glob the folder it begins in", async (t) => {
  const root = folderWith("one.md", "other.md", "docs/a.md", "more/b.md");
  const file = join(root, "one.md");
  const { until } = await opened(t, [file, join(root, "docs/**/*.md")]);
  write(join(root, "other.md"), "changed");
  write(join(root, "more/b.md"), "changed");
  write(join(root, "docs/new/c.md"));
  write(file, "changed");
  const batches = await until(file, join(root, "docs/new/c.md"));
  const told = new Set(batches.flatMap(({ within }) => within));
  assert.ok(!told.has(join(root, "other.md")) && !told.has(join(root, "more/b.md")), [...told].join());
  assert.deepEqual(
    [...new Set(batches.flatMap(({ targets }) => targets))].sort(),
    [file, join(root, "docs/**/*.md")].sort(),
  );
});

test("a storm of 5,000 files comes in few batches, as the whole target", async (t) => {
  const root = temporaryFolder();
  const { until } = await opened(t, [root]);
  const files = Array.from({ length: 5_000 }, (_, i) => join(root, `part-${i % 50}`, `${i}.md`));
  for (const file of files) write(file);
  const batches = await until(files.at(-1)!, ...files.slice(0, 50));
  assert.ok(batches.length <= 10, `${batches.length} batches`);
});

test("a folder that vanishes and returns: its files are unknown meanwhile, and looked at when it is back", async (t) => {
  const root = join(temporaryFolder(), "disk");
  write(join(root, "a.md"));
  const { next, until } = await opened(t, [root]);
  renameSync(root, `${root}-away`);
  assert.deepEqual(await next(), { kind: "missing", path: root });
  write(join(`${root}-away`, "b.md"));
  renameSync(`${root}-away`, root);
  assert.deepEqual(await next(), { kind: "returned", path: root });
  assert.deepEqual(await next(), { kind: "changed", targets: [root], within: [root] });
  write(join(root, "c.md"));
  await until(join(root, "c.md"));
});

test("a folder that is replaced by another of its name is looked at and watched", async (t) => {
  const root = join(temporaryFolder(), "notes");
  write(join(root, "a.md"));
  const { until } = await opened(t, [root]);
  renameSync(root, `${root}-old`);
  write(join(root, "b.md"));
  await until(join(root, "b.md"));
  write(join(root, "c.md"));
  await until(join(root, "c.md"));
});

test("a large file is handed out when its writer is done", async (t) => {
  const root = folderWith("small.md");
  const { until } = await opened(t, [root]);
  const large = join(root, "large.txt");
  let written = 0;
  const piece = Buffer.alloc(1 << 20, "text ");
  // Written to until after the batch of the small file, and a little longer.
  const writing = setInterval(() => {
    appendFileSync(large, piece);
    written++;
  }, 50);
  t.after(() => clearInterval(writing));
  write(join(root, "small.md"), "changed");
  const early = await until(join(root, "small.md"));
  assert.ok(early.every(({ within }) => !within.includes(large)));
  clearInterval(writing);
  await until(large);
  assert.ok(written > 0);
});

test("paths that are handed back come again", async (t) => {
  const root = folderWith("a.md");
  const { watch, until } = await opened(t, [root]);
  watch.again([join(root, "a.md")]);
  await until(join(root, "a.md"));
});

test("what cannot be watched is refused; a target that is not there, too", async () => {
  const root = folderWith("a.md");
  const noMore = (() => {
    throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
  }) as unknown as typeof watch;
  await assert.rejects(TargetWatch.open([root], {}, { clock: systemClock, watch: noMore }), coded("WATCH_UNAVAILABLE"));
  await assert.rejects(TargetWatch.open([join(root, "nothing")], {}, { clock: systemClock }), coded("PATH_NOT_FOUND"));
  const polling = await TargetWatch.open([root], { pollMs: 100 }, { clock: systemClock, watch: noMore });
  polling.close();
});

test("closing ends whoever waits", async (t) => {
  const { watch, next } = await opened(t, [temporaryFolder()]);
  const waiting = assert.rejects(next(), coded("ABORTED"));
  watch.close();
  await waiting;
});
