import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { openWriter } from "../../src/store/index.js";
import { addonPackage, loadAddon } from "../../src/vectors/graph.js";
import { temporaryFolder } from "../temporary-folder.js";
import { damages } from "../vectors/damages.js";
import { mountSmallDisk } from "../vectors/small-disk.js";
import { makeLibrary, nearestTo, type OpenedIndex, openIndex, writeDocuments } from "./vector-library.js";

const rowCount = 300;
const codes = { minRows: 100, listsFromRows: 200, scanThreads: 1 };
const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };

/** Waits until codes are made and kept, and a graph too where there is to be one. */
async function complete({ index: { vectors } }: OpenedIndex, graph: boolean): Promise<void> {
  await vectors.settle();
  while (graph && (await vectors.status()).graph.state !== "ready") await setTimeout(5);
  await vectors.settle();
}

type Kind = { name: string; file: RegExp; onDisk: boolean; notice: RegExp };
const kinds: Kind[] = [
  { name: "codes", file: /^codes\.lseg$/, onDisk: false, notice: /codes/ },
  { name: "vectors", file: /^vectors\.lvec$/, onDisk: true, notice: /vectors/ },
  { name: "graph header", file: /^graph\.lseg$/, onDisk: false, notice: /graph/ },
  { name: "graph payload", file: /^graph-.*\.hnsw$/, onDisk: false, notice: /graph/ },
];

for (const { name, file, onDisk, notice } of kinds) {
  const needsGraph = name.startsWith("graph");
  test(`the six damages of the file of ${name} end in a rebuild and a report, and no search sees them`, {
    ...(needsGraph ? addonIsThere : {}),
  }, async (t) => {
    const root = temporaryFolder();
    const library = join(root, "library");
    makeLibrary(library, rowCount);
    const options = { onDisk, codes, graphFromRows: needsGraph ? 100 : 0 };
    const first = await openIndex(t, library, options);
    await complete(first, needsGraph);
    await first.close();
    const pathIn = (library: string) => {
      const folder = join(library, "index", "generation-1");
      return join(folder, readdirSync(folder).find((name) => file.test(name))!);
    };
    const expected = [7, 299].map((row) => nearestTo(row, rowCount));
    for (const [damage, harm] of Object.entries(damages)) {
      const copy = join(root, damage);
      cpSync(library, copy, { recursive: true });
      const path = pathIn(copy);
      // Of the vectors file a vector, which nothing but a search comes upon.
      harm(path, name === "vectors" ? (4096 + 7 * 128 + 5) / statSync(path).size : 0.4);
      const opened = await openIndex(t, copy, options);
      for (const [i, row] of [7, 299].entries()) {
        const found = await opened.search(row, "exact");
        assert.deepEqual(found.rows, expected[i], damage);
        assert.ok(Math.abs(found.scores[0]! - 1) < 1e-5);
        assert.equal((await opened.search(row)).rows[0], row);
      }
      if (damage === "untouched") assert.deepEqual(opened.notices, []);
      // Of a header that is gone nothing tells that it ever was; its payload does.
      else
        assert.ok(
          opened.notices.length > 0 && opened.notices.every((text) => notice.test(text)),
          `${damage}: ${opened.notices}`,
        );
      await complete(opened, needsGraph);
      await opened.close();
      if (damage === "untouched") continue;
      const again = await openIndex(t, copy, options);
      assert.deepEqual(again.notices, [], `${damage}, when opened again`);
      const { codes: kept, graph, onDisk: disk } = await again.index.vectors.status();
      assert.equal(kept.state, "ready");
      if (needsGraph) assert.equal(graph.state, "ready");
      if (onDisk) assert.equal(disk?.found.state, "whole");
      await again.close();
    }
  });
}

test("vectors on disk keep step with the library, whoever wrote it meanwhile and however it ended", async (t) => {
  const library = join(temporaryFolder(), "library");
  makeLibrary(library, rowCount);
  const first = await openIndex(t, library, { onDisk: true, codes });
  assert.match(first.notices[0]!, /There is no vectors file .*: 300 vectors are written anew/);
  await complete(first, false);
  await first.close();

  // Another process writes the library with vectors in memory: the file hears nothing of it.
  const writer = openWriter(library);
  writeDocuments(writer, rowCount, 200);
  writer.remove(["d0", "d3"]);
  writer.close();
  const second = await openIndex(t, library, { onDisk: true, codes });
  assert.deepEqual(second.notices, []);
  assert.equal((await second.index.vectors.rows()).length, rowCount);
  assert.equal((await second.search(450, "exact")).rows[0], 450);
  assert.notEqual((await second.search(50, "exact")).rows[0], 50);

  // A copy of the folder as it lies is what a killed process leaves.
  const killed = join(library, "..", "killed");
  cpSync(library, killed, { recursive: true });
  await second.close();
  const third = await openIndex(t, killed, { onDisk: true, codes });
  assert.deepEqual(third.notices, []);
  assert.equal((await third.index.vectors.status()).onDisk?.found.state, "checked");
  assert.equal((await third.search(450, "exact")).rows[0], 450);
  assert.equal((await third.index.vectors.rows()).length, rowCount);
});

test("codes of a library whose last rows died are used when it is opened again", async (t) => {
  const library = join(temporaryFolder(), "library");
  makeLibrary(library, rowCount);
  const first = await openIndex(t, library, { codes });
  await complete(first, false);
  await first.close();
  const writer = openWriter(library);
  writer.remove(["d2"]);
  writer.close();
  const again = await openIndex(t, library, { codes });
  assert.deepEqual(again.notices, []);
  const { codes: kept } = await again.index.vectors.status();
  assert.ok(kept.state === "ready" && kept.rows === 200 && kept.unsavedRows === 0);
});

test("one who only reads uses the files as they are and writes none", async (t) => {
  const library = join(temporaryFolder(), "library");
  makeLibrary(library, rowCount);
  const alone = await openIndex(t, library, { onDisk: true, readOnly: true, codes });
  assert.equal((await alone.search(7, "exact")).rows[0], 7);
  await alone.index.vectors.settle();
  await alone.close();
  assert.equal(existsSync(join(library, "index")), false);

  const writing = await openIndex(t, library, { onDisk: true, codes });
  await complete(writing, false);
  await writing.close();
  assert.ok(existsSync(join(library, "index", "generation-1", "codes.lseg")));
  const reading = await openIndex(t, library, { onDisk: true, readOnly: true, codes });
  assert.deepEqual(reading.notices, []);
  const { onDisk, codes: kept } = await reading.index.vectors.status();
  assert.deepEqual(onDisk?.found, { state: "whole" });
  assert.ok(kept.state === "ready" && kept.rows === rowCount && kept.unsavedRows === 0);
  assert.equal((await reading.search(7, "ivf")).plan, "ivf");
});

test("a library of 100,000 chunks that is opened again searches by lists at once, with no code made anew", async (t) => {
  const library = join(temporaryFolder(), "library");
  makeLibrary(library, 100_000);
  const options = { codes: { scanThreads: 1 } };
  const first = await openIndex(t, library, options);
  await complete(first, false);
  const found = await first.search(77_777, "ivf");
  assert.deepEqual([found.plan, found.rows[0]], ["ivf", 77_777]);
  await first.close();
  const again = await openIndex(t, library, options);
  assert.deepEqual(await again.search(77_777, "ivf"), found);
  assert.notEqual((await again.search(77_777)).plan, "exact");
  const { codes: kept } = await again.index.vectors.status();
  assert.ok(kept.state === "ready" && kept.rows === 100_000 && kept.unsavedRows === 0);
  assert.deepEqual(again.notices, []);
});

test("vectors that a full disk refuses are missed until there is room, and nothing else is", async (t) => {
  const disk = mountSmallDisk(t, 256);
  if ("missing" in disk) return t.skip(disk.missing);
  const library = join(temporaryFolder(), "library");
  makeLibrary(library, 100);
  symlinkSync(disk.directory, join(library, "index"));
  const { index, search, notices } = await openIndex(t, library, { onDisk: true, codes: { form: "none" } });
  notices.length = 0;
  const writer = openWriter(library);
  t.after(() => writer.close());
  const fits = writeDocuments(writer, 100, 200);
  for (const written of fits) await index.apply(written);
  const filler = join(disk.directory, "filler");
  assert.throws(() => writeFileSync(filler, new Uint8Array(1 << 20)), { code: "ENOSPC" });
  for (const written of writeDocuments(writer, 300, 200)) {
    await assert.rejects(index.apply(written), { code: "DISK_FULL" });
  }
  assert.equal((await search(250)).rows[0], 250);
  assert.notEqual((await search(350)).rows[0], 350);
  rmSync(filler);
  // The next change brings what was missed.
  writer.remove(["d4"]);
  for (const written of writeDocuments(writer, 500, 100)) await index.apply(written);
  await index.remove(Uint32Array.from({ length: 100 }, (_, i) => 400 + i));
  for (const row of [50, 250, 350, 550]) assert.equal((await search(row)).rows[0], row);
  assert.equal((await index.vectors.rows()).length, 500);
});

test("codes that cannot be saved are told once, and searched by all the same", async (t) => {
  const library = join(temporaryFolder(), "library");
  makeLibrary(library, rowCount);
  writeFileSync(join(library, "index"), "a file where the folder should be");
  const opened = await openIndex(t, library, { codes });
  await complete(opened, false);
  assert.equal((await opened.search(7, "ivf")).plan, "ivf");
  await opened.close();
  const [missing, unsaved, ...others] = opened.notices;
  assert.match(missing!, /not used/);
  assert.match(unsaved!, /^The codes could not be saved, .*index/);
  assert.deepEqual(others, []);
});
