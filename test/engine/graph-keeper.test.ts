import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { GraphKeeper } from "../../src/engine/graph-keeper.js";
import { addonPackage, loadAddon } from "../../src/vectors/graph.js";
import { openVectorIndex, type VectorIndex } from "../../src/vectors/index.js";

const loaded = await loadAddon(addonPackage);
const addonIsThere = loaded.state === "available" ? {} : { skip: `the graph addon is not installed: ${loaded.reason}` };

const dimensions = 4;

async function addRows(index: VectorIndex, from: number, to: number): Promise<void> {
  const rows = Uint32Array.from({ length: to - from }, (_, i) => from + i);
  const vectors = Float32Array.from({ length: rows.length * dimensions }, (_, i) => {
    const angle = rows[Math.floor(i / dimensions)]! / 30;
    return [Math.cos(angle), Math.sin(angle), Math.cos(3 * angle), Math.sin(3 * angle)][i % 4]! / Math.SQRT2;
  });
  await index.add(rows, vectors);
}

async function keeperOf(
  t: TestContext,
): Promise<{ index: VectorIndex; keeper: GraphKeeper; library: string; notices: string[] }> {
  const library = mkdtempSync(join(tmpdir(), "lodestone-keeper-"));
  const index = await openVectorIndex({ dimensions });
  const notices: string[] = [];
  const onNotice = (notice: string) => void notices.push(notice);
  const keeper = new GraphKeeper(index, {
    folder: { directory: join(library, "index"), identity: "m@1" },
    ...{ modelVersion: "m@1", readOnly: false, fromRows: 100, onNotice },
  });
  t.after(async () => {
    await keeper.close();
    await index.close();
    rmSync(library, { recursive: true });
  });
  return { index, keeper, library, notices };
}

/** Rows of the graph in use as soon as they are not `before`. */
async function nextGraph(index: VectorIndex, before: number): Promise<number> {
  for (;;) {
    const { graph } = await index.status();
    const rows = graph.state === "ready" ? graph.rows : 0;
    if (rows !== before) return rows;
    await setTimeout(5);
  }
}

test("a graph is built once there are rows enough, and again when many are outside it", addonIsThere, async (t) => {
  const { index, keeper, notices } = await keeperOf(t);
  const grow = async (from: number, to: number) => {
    await addRows(index, from, to);
    await keeper.consider();
  };
  await keeper.load();
  await grow(0, 99);
  await grow(99, 120);
  assert.equal(await nextGraph(index, 0), 120);
  // Had a graph been built of 155 rows, there would be none of 170: too few are outside it.
  await grow(120, 155);
  await grow(155, 170);
  assert.equal(await nextGraph(index, 120), 170);
  assert.deepEqual(notices, []);
});

test(
  "a graph that cannot be built is told once, searches go on, and it is tried again when the library has grown",
  addonIsThere,
  async (t) => {
    const { index, keeper, library, notices } = await keeperOf(t);
    const place = join(library, "index");
    writeFileSync(place, "a file where the folder should be");
    await addRows(index, 0, 120);
    await keeper.consider();
    while (notices.length === 0) await setTimeout(5);
    for (let i = 0; i < 3; i++) await keeper.consider();
    assert.match(notices[0]!, /^The graph could not be built: .*index.* Searches go on without it\.$/);
    const query = new Float32Array(dimensions).fill(1 / 2);
    assert.equal((await index.search(query, { k: 120 })).rows.length, 120);
    rmSync(place);
    await addRows(index, 120, 125);
    await keeper.consider();
    await addRows(index, 125, 140);
    await keeper.consider();
    // It would be 125, had it been tried as soon as there were more rows.
    assert.equal(await nextGraph(index, 0), 140);
    assert.equal(notices.length, 1);
  },
);
