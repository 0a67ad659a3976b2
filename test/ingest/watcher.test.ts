import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { IngestReport } from "../../src/ingest/index.js";
import { startWatcher, type WatchEvent } from "../../src/ingest/watcher.js";

const report = (written: number): IngestReport => ({
  files: { read: written, unchanged: 0, gone: 0, moved: 0 },
  documents: { written, unchanged: 0, removed: 0, moved: 0 },
  chunks: written,
  embedded: written,
  tokens: 0,
  cached: 0,
  bytes: 0,
  skips: [],
  notices: [],
  duplicates: [],
  ms: 1,
});

type Run = Parameters<typeof startWatcher>[0]["run"];

async function watching(t: TestContext, run: Run) {
  const folder = mkdtempSync(join(tmpdir(), "lodestone-watcher-"));
  const events: WatchEvent[] = [];
  let noted: () => void = () => undefined;
  const watcher = await startWatcher({
    targets: [folder],
    options: { exclude: ["*.tmp"], force: true },
    ignore: [],
    pollMs: undefined,
    run,
    onEvent(event) {
      events.push(event);
      noted();
    },
  });
  t.after(async () => {
    await watcher.close();
    rmSync(folder, { recursive: true });
  });
  const until = async (kind: WatchEvent["kind"]) => {
    while (!events.some((event) => event.kind === kind)) {
      await new Promise<void>((resolve) => {
        noted = resolve;
      });
    }
  };
  return { folder, events, watcher, until };
}

test("a run that fails is told and tried again with the same paths", async (t) => {
  const narrowed: (string[] | undefined)[] = [];
  const { folder, events, until } = await watching(t, async (_targets, { within }, { isFirst }) => {
    if (isFirst) return report(0);
    narrowed.push(within);
    if (narrowed.length === 1) throw new Error("the disk is full");
    return report(1);
  });
  writeFileSync(join(folder, "a.md"), "text");
  await until("indexed");
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["watching", "failed", "indexed"],
  );
  assert.deepEqual(narrowed, [[join(folder, "a.md")], [join(folder, "a.md")]]);
});

test("the options of the first run hold for the others, but that nothing is forced", async (t) => {
  const seen: object[] = [];
  const { folder, until } = await watching(t, async (targets, options, { isFirst }) => {
    seen.push({ ...options, isFirst, targets: targets.length });
    return report(isFirst ? 0 : 1);
  });
  writeFileSync(join(folder, "a.md"), "text");
  await until("indexed");
  assert.deepEqual(seen, [
    { exclude: ["*.tmp"], force: true, isFirst: true, targets: 1 },
    { exclude: ["*.tmp"], force: false, within: [join(folder, "a.md")], isFirst: false, targets: 1 },
  ]);
});

test("a run that changed nothing is no event; one that failed before the first was over ends it all", async (t) => {
  let runs = 0;
  let ran: () => void = () => undefined;
  const once = new Promise<void>((resolve) => {
    ran = resolve;
  });
  const { folder, events, watcher } = await watching(t, async () => {
    if (++runs === 2) ran();
    return report(0);
  });
  writeFileSync(join(folder, "a.md"), "text");
  await once;
  await watcher.close();
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["watching"],
  );
  await assert.rejects(
    watching(t, () => Promise.reject(new Error("no model"))),
    /no model/,
  );
});

test("closing stops a run in progress", async (t) => {
  let begun: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { folder, events, watcher } = await watching(t, async (_targets, _options, { isFirst, signal }) => {
    if (isFirst) return report(0);
    begun();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw new Error("stopped");
  });
  writeFileSync(join(folder, "a.md"), "text");
  await running;
  await watcher.close();
  assert.equal(events.length, 1);
});
