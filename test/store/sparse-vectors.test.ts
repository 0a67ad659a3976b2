import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { diskOperations } from "../../src/files/index.js";
import { prepareCompaction } from "../../src/store/compact-rows.js";
import { openForReading } from "../../src/store/connection.js";
import { copyLexicalFiles } from "../../src/store/copy-lexical-files.js";
import { LexicalKeeper } from "../../src/store/lexical-keeper.js";
import { openLexicalRows } from "../../src/store/lexical-rows.js";
import { LiveSparse } from "../../src/store/live-sparse.js";
import type { SparseWrite } from "../../src/store/sparse-model.js";
import { decodeSparse, encodeSparse, openSparseRows } from "../../src/store/sparse-vectors.js";
import { openWriter, type Writer } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, recipe } from "./library-fixture.js";

const modelVersion = "sparse@000000000000";
const largestWeight = 4;
const sparseRecipe = { ...recipe, sparseModelName: "sparse", sparseModelVersion: modelVersion };

/** Weighted terms of each text. */
function weighed(texts: readonly (readonly [term: number, weight: number][])[]): SparseWrite {
  const starts = Uint32Array.from([0, ...texts.map((_, i) => texts.slice(0, i + 1).flat().length)]);
  const terms = Uint32Array.from(texts.flat(), ([term]) => term);
  const weights = Float32Array.from(texts.flat(), ([, weight]) => weight);
  return { modelVersion, largestWeight, starts, terms, weights };
}

function libraryOf(t: TestContext): { library: string; writer: Writer } {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(sparseRecipe);
  return { library, writer };
}

const countStored = ({ db }: Writer) => db.prepare<[], number>("SELECT count(*) FROM sparse_vectors").pluck().get()!;

const termsOfText = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 255 })), {
    selector: ([term]) => term,
    maxLength: 20,
  })
  .map((terms) => terms.map(([term, impact]): [number, number] => [term, (impact * largestWeight) / 255]));

test("terms are stored ascending with impacts of 8 bits, and come back as they were", () => {
  fc.assert(
    fc.property(fc.array(termsOfText, { minLength: 1, maxLength: 4 }), (texts) => {
      const write = weighed(texts);
      texts.forEach((text, i) => {
        const { terms, impacts } = decodeSparse(Buffer.from(encodeSparse(write, i)));
        const wanted = [...text].sort(([a], [b]) => a - b);
        assert.deepEqual(
          [...terms],
          wanted.map(([term]) => term),
        );
        assert.deepEqual(
          [...impacts],
          wanted.map(([, weight]) => Math.round((weight / largestWeight) * 255)),
        );
      });
    }),
  );
  const { terms, impacts } = decodeSparse(
    Buffer.from(
      encodeSparse(
        weighed([
          [
            [7, 100],
            [3, 0.0001],
            [5, 0],
          ],
        ]),
        0,
      ),
    ),
  );
  assert.deepEqual(
    [[...terms], [...impacts]],
    [
      [3, 7],
      [1, 255],
    ],
  );
});

test("terms are written with their chunks, stay with those that stay, and go with those that go", (t) => {
  const { writer } = libraryOf(t);
  const sketches = [
    { id: "a", texts: ["alpha", "beta"] },
    { id: "b", texts: ["gamma"] },
  ];
  writer.write(batchOf(sketches, { sparse: weighed([[[1, 1]], [[2, 2]], []]) }));
  const read = openSparseRows(writer.db, 1);
  const seen = () => read(0, 10).map(({ row, terms }) => [row, ...terms]);
  assert.deepEqual(seen(), [[0, 1], [1, 2], [2]]);
  writer.write(batchOf([{ id: "a", texts: ["beta", "delta"], keep: ["beta"] }], { sparse: weighed([[[9, 1]]]) }));
  assert.deepEqual(seen(), [[1, 2], [2], [3, 9]]);
  writer.remove(["a"]);
  assert.deepEqual(seen(), [[2]]);
  assert.equal(countStored(writer), 1);
});

test("terms of another encoder, or none, are refused and nothing of the batch is written", (t) => {
  const { writer } = libraryOf(t);
  const refused = (sparse: SparseWrite | undefined) =>
    assert.throws(() => writer.write(batchOf([{ id: "a", texts: ["alpha"] }], { sparse })), {
      code: "MODEL_VERSION_MISMATCH",
    });
  refused(undefined);
  refused({ ...weighed([[[1, 1]]]), modelVersion: "other@111111111111" });
  assert.equal(writer.db.prepare("SELECT count(*) FROM documents").pluck().get(), 0);
});

test("another sparse encoder is another recipe, and its shadow takes its terms only", (t) => {
  const { writer } = libraryOf(t);
  writer.write(batchOf([{ id: "a", texts: ["alpha"] }], { sparse: weighed([[[1, 1]]]) }));
  assert.throws(() => writer.migration.start(sparseRecipe, 1), { code: "INVALID_INPUT" });
  const { target } = writer.migration.start(recipe, 1);
  assert.equal(writer.shadow()?.sparseModelVersion, null);
  const { vectors, documents } = batchOf([{ id: "a", texts: ["alpha"] }]);
  const stored = writer.db.prepare("SELECT key, content_hash AS contentHash FROM documents").get() as {
    key: number;
    contentHash: Buffer;
  };
  const batch = {
    generation: target,
    modelVersion: recipe.modelVersion,
    vectors,
    documents: documents.map(({ id, title, chunks }) => ({ id, title, chunks, ...stored })),
  };
  assert.throws(() => writer.migration.fill({ ...batch, sparse: weighed([[[1, 1]]]) }), {
    code: "MODEL_VERSION_MISMATCH",
  });
  assert.equal(writer.migration.fill(batch).documentKeys.length, 1);
  assert.equal(countStored(writer), 1);
});

const upkeep = ["vacuum", "reopen", "forget"] as const;
const vocabulary = 12;
const smallText = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: vocabulary - 1 }), fc.integer({ min: 1, max: 255 })), {
    selector: ([term]) => term,
    maxLength: 6,
  })
  .map((terms) => terms.map(([term, impact]): [number, number] => [term, (impact * largestWeight) / 255]));

test("whatever is put, removed, vacuumed and opened again, answers are those of scoring every row", async (t) => {
  const id = fc.integer({ min: 0, max: 7 }).map((n) => `d${n}`);
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("put" as const), id, text: smallText }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), id }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom(...upkeep) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("search" as const), text: smallText }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const { library, writer } = libraryOf(t);
      const live = new Map<string, readonly [number, number][]>();
      let opened = openSparse(library);
      let version = 0;
      for (const step of actions) {
        if (step.kind === "put") {
          // Always another passage, so that the row is a new one.
          const sketch = { id: step.id, texts: [`text ${version++}`] };
          writer.write(batchOf([sketch], { sparse: weighed([step.text]) }));
          live.set(step.id, step.text);
        } else if (step.kind === "remove") {
          writer.remove([step.id]);
          live.delete(step.id);
        } else if (step.kind === "vacuum") {
          const compact = prepareCompaction(writer.db, 1);
          for (let next: number | undefined = 0; next !== undefined; ) {
            const from: number = next;
            next = writer.db.transaction(() => compact(from)).immediate().nextRow;
          }
        } else if (step.kind === "forget") await opened.keeper.forgetGone(() => undefined);
        else if (step.kind === "search") {
          const terms = Uint32Array.from(step.text, ([term]) => term);
          const weights = Float32Array.from(step.text, ([, weight]) => weight);
          const { scores } = await opened.keeper.live.search({ terms, weights, limit: 100 });
          const wanted = [...live.values()]
            .map((text) => {
              const own = new Map(text);
              return step.text.reduce((sum, [term, weight]) => sum + weight * (own.get(term) ?? 0), 0);
            })
            .filter((score) => score > 0)
            .sort((a, b) => b - a);
          assert.equal(scores.length, wanted.length);
          wanted.forEach((score, i) => {
            assert.ok(Math.abs(score - scores[i]!) < 1e-3 * Math.max(1, score), `${score} is ${scores[i]}`);
          });
        } else {
          await opened.close();
          opened = openSparse(library);
        }
      }
      assert.deepEqual(opened.notices, []);
      await opened.close();
    }),
    { numRuns: 40 },
  );
});

test("many rows are taken in with turns for others between, and with them what comes and goes meanwhile", async (t) => {
  const { library, writer } = libraryOf(t);
  const live = new Map<string, number>();
  // Row number n has term n % 7 with a weight of its own.
  const put = (from: number, count: number) => {
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    const sparse = weighed(numbers.map((n) => [[n % 7, ((1 + (n % 200)) * largestWeight) / 255]]));
    writer.write(
      batchOf(
        numbers.map((n) => ({ id: `d${n}`, texts: [`text ${n}`] })),
        { sparse },
      ),
    );
    for (const n of numbers) live.set(`d${n}`, n);
  };
  const remove = (ids: string[]) => {
    writer.remove(ids);
    for (const id of ids) live.delete(id);
  };
  put(0, 2600);
  const opened = openSparse(library);
  let turns = 0;
  let isDone = false;
  const following = opened.keeper.live.follow().finally(() => {
    isDone = true;
  });
  for (; !isDone; turns++) {
    if (turns === 2) put(2600, 300);
    if (turns === 3) remove(["d5", "d1500", "d2700"]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await following;
  assert.ok(turns > 3, `${turns} turns`);
  put(2900, 1);
  for (let term = 0; term < 7; term++) {
    const asked = { terms: Uint32Array.of(term), weights: Float32Array.of(1), limit: 3000 };
    const { rows } = await opened.keeper.live.search(asked);
    const wanted = [...live.values()].filter((n) => n % 7 === term);
    // Rows are numbered as they come.
    assert.deepEqual(
      [...rows].sort((a, b) => a - b),
      wanted,
    );
  }
  await opened.close();
});

test("what is saved is copied with a snapshot's files, and loaded from there", async (t) => {
  const { library, writer } = libraryOf(t);
  writer.write(batchOf([{ id: "a", texts: ["alpha"] }], { sparse: weighed([[[5, 1]]]) }));
  const first = openSparse(library);
  await first.keeper.live.follow();
  await first.close();
  const copy = temporaryFolder();
  const { signal } = new AbortController();
  const { copied, left } = await copyLexicalFiles(library, copy, { files: diskOperations, signal });
  assert.deepEqual([copied.length, left], [2, []]);
  assert.ok(copied.includes("sparse/segments.json"));
  const second = openSparse(library, copy);
  assert.deepEqual([second.keeper.live.nextRow, second.notices], [1, []]);
  const found = await second.keeper.live.search({ terms: Uint32Array.of(5), weights: Float32Array.of(1), limit: 9 });
  assert.deepEqual([...found.rows], [0]);
  await second.close();
});

function openSparse(library: string, directory = library) {
  const db = openForReading(library);
  const notices: string[] = [];
  const rows = openLexicalRows(db, 1);
  const read = openSparseRows(db, 1);
  const kind = { version: modelVersion, largestWeight };
  const keeper = new LexicalKeeper({
    rows,
    open: (saved) => new LiveSparse(rows, read, kind, saved),
    place: { directory, identity: "one", analyser: modelVersion, folder: "sparse" },
    readOnly: false,
    saveFromRows: 1,
    onNotice: (notice) => void notices.push(notice),
  });
  const close = async () => {
    await keeper.close();
    db.close();
  };
  return { keeper, notices, close };
}
