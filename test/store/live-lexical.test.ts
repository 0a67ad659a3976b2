import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import type { LodestoneError } from "../../src/errors.js";
import { Analyser, noStemmer } from "../../src/lexical/index.js";
import { prepareCompaction } from "../../src/store/compact-rows.js";
import { openForReading } from "../../src/store/connection.js";
import { lexicalFolder, saveSegments } from "../../src/store/lexical-files.js";
import { LexicalKeeper } from "../../src/store/lexical-keeper.js";
import { openLexicalRows } from "../../src/store/lexical-rows.js";
import { LiveLexical } from "../../src/store/live-lexical.js";
import { openWriter, type Writer } from "../../src/store/writer.js";
import { failingAt } from "../files/failing-files.js";
import { bm25, type Row, rankAll } from "../lexical/exhaustive-scorer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { damages } from "../vectors/damages.js";
import { batchOf, recipe } from "./library-fixture.js";
import { storedPassages } from "./stored-passages.js";

// Without stemming, so that the oracle needs none.
const analyser = new Analyser({ stemmer: noStemmer });
const vocabulary = ["cat", "dog", "bird", "fish", "tree", "stone", "lamp", "book"];
const text = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 9 }).map((words) => words.join(" "));

type Opened = { keeper: LexicalKeeper<LiveLexical>; notices: string[]; close(): Promise<void> };

function openLexical(library: string, { readOnly = false, identity = "first" } = {}): Opened {
  const db = openForReading(library);
  const notices: string[] = [];
  const rows = openLexicalRows(db, 1);
  const keeper = new LexicalKeeper({
    rows,
    open: (saved) => new LiveLexical(rows, analyser, saved),
    place: { directory: join(library, "index"), identity, analyser: analyser.version },
    readOnly,
    saveFromRows: 1,
    onNotice: (notice) => void notices.push(notice),
  });
  const close = async () => {
    await keeper.close();
    db.close();
  };
  return { keeper, notices, close };
}

const asked = (words: string) =>
  words.split(" ").map((word) => ({ word, term: analyser.terms(word)[0] ?? word, weight: 1 }));

async function find(
  { keeper }: Opened,
  words: string,
  options: { limit?: number; allow?: Uint32Array; scope?: Uint32Array; typos?: boolean } = {},
) {
  const { rows, scores, corrections } = await keeper.live.search({
    terms: asked(words),
    limit: 100,
    typos: false,
    ...options,
  });
  return { rows: [...rows], scores: [...scores], corrections };
}

/** What scoring every live passage of the library gives. */
function expected(writer: Writer, words: string, limit: number, allows: (row: number) => boolean = () => true) {
  const rows = new Map<number, Row>();
  for (const [row, passage] of storedPassages(writer.db)) {
    const terms = analyser.terms(passage);
    const values = new Map<string, number>();
    for (const term of terms) values.set(term, (values.get(term) ?? 0) + 1);
    rows.set(row, { length: terms.length, values });
  }
  return rankAll(rows, asked(words), bm25, { k: limit, allows });
}

function libraryOf(t: TestContext, texts: readonly string[] = []): { library: string; writer: Writer } {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  if (texts.length > 0) writer.write(batchOf(texts.map((one, i) => ({ id: `d${i}`, texts: [one] }))));
  return { library, writer };
}

function vacuum({ db }: Writer): void {
  const compact = prepareCompaction(db, 1);
  for (let next: number | undefined = 0; next !== undefined; ) {
    const from: number = next;
    next = db.transaction(() => compact(from)).immediate().nextRow;
  }
}

test("whatever is put, removed, vacuumed, saved and opened again, answers are those of scoring every passage", async (t) => {
  const id = fc.integer({ min: 0, max: 9 }).map((n) => `d${n}`);
  const sketch = fc.record({ id, texts: fc.uniqueArray(text, { maxLength: 4 }), title: fc.constantFrom("cat", "zoo") });
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("put" as const), sketch }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), ids: fc.array(id, { maxLength: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("vacuum" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("forget" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("search" as const),
        words: text,
        limit: fc.integer({ min: 1, max: 20 }),
        allow: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { nil: undefined }),
      }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 30 }), async (actions) => {
      const { library, writer } = libraryOf(t);
      let opened = openLexical(library);
      for (const step of actions) {
        switch (step.kind) {
          case "put":
            writer.write(batchOf([step.sketch]));
            break;
          case "remove":
            writer.remove(step.ids);
            break;
          case "vacuum":
            vacuum(writer);
            break;
          case "forget":
            await opened.keeper.forgetGone(() => undefined);
            break;
          case "reopen":
            await opened.close();
            opened = openLexical(library);
            break;
          case "kill": {
            // What was not saved is not there for the next one.
            const next = openLexical(library);
            await opened.close();
            opened = next;
            break;
          }
          case "search": {
            const { words, limit, allow } = step;
            const allows = (row: number) => allow === undefined || (row < 32 && ((allow >>> row) & 1) === 1);
            const found = await find(opened, words, {
              limit,
              ...(allow === undefined ? {} : { allow: Uint32Array.of(allow) }),
            });
            const { rows, scores } = expected(writer, words, limit, allows);
            assert.deepEqual([found.rows, found.scores], [rows, scores]);
            break;
          }
          default:
            step satisfies never;
        }
      }
      assert.deepEqual(
        (await find(opened, vocabulary.join(" "))).rows,
        expected(writer, vocabulary.join(" "), 100).rows,
      );
      assert.deepEqual(opened.notices, []);
      await opened.close();
    }),
    { numRuns: 60 },
  );
});

test("an index that was saved is loaded, and what came and went since is made up for", async (t) => {
  const { library, writer } = libraryOf(t, ["cat dog", "dog", "bird"]);
  const first = openLexical(library);
  await find(first, "dog");
  await first.close();
  assert.ok(existsSync(join(lexicalFolder(join(library, "index")), "segments.json")));
  writer.remove(["d1"]);
  writer.write(batchOf([{ id: "new", texts: ["dog lamp"] }]));
  const again = openLexical(library);
  assert.equal(again.keeper.live.nextRow, 3, "three rows need no analysis");
  assert.deepEqual((await find(again, "dog")).rows, [0, 3]);
  await again.close();
  // A vacuum forgets which rows died.
  writer.remove(["d0"]);
  vacuum(writer);
  const last = openLexical(library);
  assert.deepEqual((await find(last, "dog")).rows, [3]);
  assert.deepEqual(last.notices, []);
  await last.close();
});

for (const file of ["segments.json", "segment"]) {
  for (const [damage, harm] of Object.entries(damages)) {
    test(`the ${file} of an index, ${damage}, is never served: it is told of and made anew`, async (t) => {
      const { library } = libraryOf(t, ["cat dog", "dog", "bird"]);
      const first = openLexical(library);
      await find(first, "dog");
      await first.close();
      const folder = lexicalFolder(join(library, "index"));
      const name = readdirSync(folder).find((name) => (file === "segment" ? name.endsWith(".llex") : name === file))!;
      harm(join(folder, name), 0.5);
      const again = openLexical(library);
      if (damage === "untouched") assert.deepEqual(again.notices, []);
      else assert.match(again.notices.join(), /stored lexical (index|segments)/);
      assert.deepEqual((await find(again, "dog")).rows, [1, 0]);
      await again.close();
      const last = openLexical(library);
      assert.deepEqual(last.notices, [], "it was saved again");
      assert.equal(last.keeper.live.nextRow, 3);
      await last.close();
    });
  }
}

test("an index of something else is told of and not used", async (t) => {
  const { library } = libraryOf(t, ["cat"]);
  const first = openLexical(library);
  await find(first, "cat");
  await first.close();
  const other = openLexical(library, { identity: "another" });
  assert.match(other.notices.join(), /is of another index|are of another index/);
  assert.deepEqual((await find(other, "cat")).rows, [0]);
  await other.close();
  // Of a later state of the library than this copy of it is in.
  const { library: older } = libraryOf(t);
  cpSync(join(library, "index"), join(older, "index"), { recursive: true });
  const behind = openLexical(older, { identity: "another" });
  assert.match(behind.notices.join(), /of a later state/);
  assert.deepEqual((await find(behind, "cat")).rows, []);
  await behind.close();
});

test("whoever only reads follows and never writes", async (t) => {
  const { library, writer } = libraryOf(t, ["cat"]);
  const reading = openLexical(library, { readOnly: true });
  assert.deepEqual((await find(reading, "cat")).rows, [0]);
  writer.write(batchOf([{ id: "new", texts: ["cat"] }]));
  assert.deepEqual((await find(reading, "cat")).rows, [0, 1]);
  await reading.close();
  assert.equal(existsSync(join(library, "index")), false);
});

test("once it is to forget, nothing of what went is in its files or its vocabulary", async (t) => {
  const { library, writer } = libraryOf(t, ["lighthouse keeper", "keepers of secrets", "lamp"]);
  const opened = openLexical(library);
  await find(opened, "lamp");
  await opened.close();
  const again = openLexical(library);
  writer.remove(["d1"]);
  vacuum(writer);
  assert.deepEqual((await find(again, "secrets")).rows, []);
  const folder = lexicalFolder(join(library, "index"));
  const holds = (word: string) => readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(word));
  assert.ok(holds("secrets"));
  await again.keeper.forgetGone(() => undefined);
  assert.ok(!holds("secrets") && !holds("keepers"));
  assert.deepEqual(await again.keeper.live.suggest("keep", 5, undefined), ["keeper"]);
  assert.deepEqual((await find(again, "keeper")).rows, [0]);
  await again.close();
});

test("what a save that was cut off has left goes with a vacuum", async (t) => {
  const { library } = libraryOf(t, ["lamp"]);
  const folder = lexicalFolder(join(library, "index"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "0-9-00000000.llex"), "what nobody may read any more");
  const opened = openLexical(library);
  assert.match(opened.notices.join(), /list of segments of the stored lexical index is gone/);
  await opened.keeper.forgetGone(() => undefined);
  assert.equal(existsSync(join(folder, "0-9-00000000.llex")), false);
  assert.deepEqual((await find(opened, "lamp")).rows, [0]);
  await opened.close();
});

test("where nothing can be saved, that is told, and searches go on", async (t) => {
  const { library, writer } = libraryOf(t, ["lamp"]);
  writeFileSync(join(library, "index"), "a file in the folder's place");
  const opened = openLexical(library);
  await find(opened, "lamp");
  opened.keeper.changed();
  writer.write(batchOf([{ id: "new", texts: ["lamp"] }]));
  assert.deepEqual((await find(opened, "lamp")).rows, [0, 1]);
  await opened.close();
  assert.match(opened.notices.join(), /The lexical index could not be saved/);
});

test("every write of a save may fail: what was saved before is whole, or the new one is", async (t) => {
  const { library, writer } = libraryOf(t, ["lamp"]);
  const place = { directory: join(library, "index"), identity: "first", analyser: analyser.version };
  const first = openLexical(library);
  await find(first, "lamp");
  await first.close();
  writer.write(batchOf([{ id: "new", texts: ["lamp book"] }]));
  const next = openLexical(library, { readOnly: true });
  await find(next, "lamp");
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  for (let failing = 0, isSaved = false; !isSaved; failing++) {
    await saveSegments(place, next.keeper.live, new Set(), failingAt(failing, full)).then(
      () => {
        isSaved = true;
      },
      (error: LodestoneError) => assert.equal(error.code, "DISK_FULL"),
    );
    const again = openLexical(library, { readOnly: true });
    assert.deepEqual(again.notices, []);
    assert.ok([1, 2].includes(again.keeper.live.nextRow));
    assert.deepEqual((await find(again, "lamp")).rows, [0, 1]);
    await again.close();
  }
  await next.close();
});

test("a search misses nothing that was committed before it, however much there is to take in", async (t) => {
  const { library, writer } = libraryOf(
    t,
    Array.from({ length: 1500 }, (_, i) => `cat number${i}`),
  );
  const opened = openLexical(library);
  const early = find(opened, "dog");
  await new Promise((resolve) => setImmediate(resolve));
  writer.write(batchOf([{ id: "late", texts: ["dog"] }]));
  const late = find(opened, "dog");
  await early;
  assert.deepEqual((await late).rows, [1500]);
  assert.equal((await find(opened, "cat", { limit: 2000 })).rows.length, 1500);
  await opened.close();
});

test("a word that no row has is read as the nearest ones, unless that is not wanted", async (t) => {
  const { library } = libraryOf(t, ["rotation of keys", "relation of kings", "notation"]);
  const opened = openLexical(library);
  const { rows, corrections } = await find(opened, "roattion", { typos: true });
  assert.deepEqual(corrections, [{ word: "roattion", read: ["rotation"] }]);
  assert.deepEqual(rows, [0]);
  assert.deepEqual((await find(opened, "roattion")).rows, []);
  // Numbers, short words and words that are there are left alone.
  for (const words of ["2024", "kex", "keys"]) {
    assert.deepEqual((await find(opened, words, { typos: true })).corrections, [], words);
  }
  await opened.close();
});

test("of what is read and suggested nobody learns words of rows that are not his", async (t) => {
  const { library } = libraryOf(t, ["rotations", "secretly rotation", "rotation"]);
  const opened = openLexical(library);
  // Rows 0 and 2.
  const scope = Uint32Array.of(0b101);
  assert.deepEqual(await opened.keeper.live.suggest("secr", 5, scope), []);
  assert.deepEqual((await opened.keeper.live.suggest("rot", 5, scope)).sort(), ["rotation", "rotations"]);
  assert.deepEqual((await find(opened, "secretli", { typos: true, scope, allow: scope })).corrections, []);
  assert.deepEqual((await find(opened, "secretli", { typos: true })).corrections, [
    { word: "secretli", read: ["secretly"] },
  ]);
  // A word that others have is misspelt for one who has not.
  const own = Uint32Array.of(0b001);
  assert.deepEqual((await find(opened, "rotation", { typos: true, scope: own, allow: own })).corrections, [
    { word: "rotation", read: ["rotations"] },
  ]);
  await opened.close();
});
