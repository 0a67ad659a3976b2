import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  type BeirDocument,
  formatBeirCorpus,
  formatBeirQrels,
  formatBeirQueries,
  type KnownItemSource,
  makeKnownItems,
  openBeirCollection,
} from "../../src/evaluation/index.js";
import { jaccard, nearIdenticalPairs, wordSet } from "../../src/evaluation/near-identical.js";

const library: KnownItemSource[] = [
  {
    id: "install.md",
    title: "Installing the server",
    text: "First things first. How do I install it on Windows? Run the setup. Why?",
    headings: [{ title: "Installing the Server!" }, { title: "Before you begin" }, { title: "Air-gapped machines" }],
    links: [
      { text: "backing up and restoring", target: "backup.md" },
      { text: "here", target: "backup.md" },
      { text: "our own page", target: "install.md" },
      { text: "a page elsewhere", target: "https://example.org" },
    ],
  },
  {
    id: "backup.md",
    title: "Backup",
    text: "No questions in this one. const first = rows[0] === undefined ? none : rows[0];",
    headings: [{ title: "Before you begin" }, { title: "Restoring a single table" }],
  },
];

const textsOf = (set: ReturnType<typeof makeKnownItems>) =>
  set.items.map(({ kind, text, document }) => `${kind}: ${text} -> ${document}`);

test("titles, headings, questions and links become queries for the document they mean", () => {
  const set = makeKnownItems(library, { maxPerDocument: 10 });
  assert.deepEqual(textsOf(set).sort(), [
    "heading: Air-gapped machines -> install.md",
    "heading: Restoring a single table -> backup.md",
    "link: backing up and restoring -> backup.md",
    "question: How do I install it on Windows? -> install.md",
    "title: Installing the server -> install.md",
  ]);
  // "Before you begin" twice; the title again as a heading; "Backup", "here" and "Why?" have too few words.
  assert.deepEqual(set.dropped, { tooShortOrLong: 2, ambiguous: 2, repeated: 1, beyondLimits: 0 });
});

test("kinds can be chosen, and no document outweighs the others", () => {
  assert.deepEqual(textsOf(makeKnownItems(library, { kinds: ["title"] })), [
    "title: Installing the server -> install.md",
  ]);
  const one = makeKnownItems(library, { maxPerDocument: 1 });
  assert.deepEqual(one.items.map(({ document }) => document).sort(), ["backup.md", "install.md"]);
  assert.equal(one.dropped.beyondLimits, 3);
  assert.equal(makeKnownItems(library, { maxQueries: 2 }).items.length, 2);
});

const words = ["alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta"];
const title = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }).map((list) => list.join(" "));
const documents = fc
  .array(
    fc.record({
      title,
      headings: fc.array(
        title.map((text) => ({ title: text })),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 12 },
  )
  .map((list) => list.map((document, i) => ({ id: `d${i}`, text: "", ...document })));

test("law: no query looks like one for another document, splits share no document, and limits hold", () => {
  fc.assert(
    fc.property(documents, fc.integer(), (sources, seed) => {
      const set = makeKnownItems(sources, { seed, maxQueries: 10, maxPerDocument: 2 });
      assert.ok(set.items.length <= 10);
      for (const item of set.items) {
        for (const { id, title: other, headings } of sources) {
          if (id === item.document) continue;
          for (const text of [other, ...headings.map((heading) => heading.title)]) {
            const alike = wordSet(text).size >= 2 && jaccard(wordSet(text), wordSet(item.text)) >= 0.8;
            assert.ok(!alike, `"${item.text}" of ${item.document} and "${text}" of ${id}`);
          }
        }
      }
      const [dev, held] = [set.of("dev"), set.of("test")];
      assert.equal(dev.queries.length + held.queries.length, set.items.length);
      const documentsIn = ({ qrels }: typeof dev) =>
        new Set([...qrels.values()].flatMap((judged) => [...judged.keys()]));
      for (const document of documentsIn(dev)) assert.ok(!documentsIn(held).has(document));
      assert.deepEqual(makeKnownItems(sources, { seed, maxQueries: 10, maxPerDocument: 2 }).items, set.items);
    }),
  );
});

test("more documents move none to the other split", () => {
  const sources = Array.from({ length: 200 }, (_, i) => ({ id: `d${i}`, title: `unique${i} title${i}`, text: "" }));
  const splits = new Map(makeKnownItems(sources).items.map(({ document, split }) => [document, split]));
  const dev = [...splits.values()].filter((split) => split === "dev").length;
  assert.ok(dev > 70 && dev < 130, `${dev} of 200`);
  for (const { document, split } of makeKnownItems(sources.slice(0, 80)).items)
    assert.equal(split, splits.get(document));
});

test("law: the prefix filter finds all pairs that comparing each with each finds", () => {
  const set = fc.array(fc.constantFrom(..."abcdefghij"), { maxLength: 8 }).map((letters) => new Set(letters));
  fc.assert(
    fc.property(fc.array(set, { maxLength: 12 }), fc.constantFrom(0.3, 0.5, 0.6, 0.7, 0.8, 1), (sets, threshold) => {
      const expected: [number, number][] = [];
      for (let j = 0; j < sets.length; j++) {
        for (let i = 0; i < j; i++) if (jaccard(sets[i]!, sets[j]!) >= threshold) expected.push([i, j]);
      }
      assert.deepEqual(nearIdenticalPairs(sets, threshold), expected);
    }),
  );
});

test("a judged set that is written in BEIR layout is read back as a collection", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lodestone-known-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "qrels"));
  const set = makeKnownItems(library, { devShare: 1 });
  const { queries, qrels } = set.of("dev");
  const texts = library.map(({ id, title, text }) => ({ id, title, text }));
  await writeFile(join(folder, "corpus.jsonl"), [...formatBeirCorpus(texts)].join(""));
  await writeFile(join(folder, "queries.jsonl"), [...formatBeirQueries(queries)].join(""));
  await writeFile(join(folder, "qrels", "dev.tsv"), [...formatBeirQrels(qrels)].join(""));
  const collection = await openBeirCollection(folder, "dev");
  assert.deepEqual(collection.queries, queries);
  assert.deepEqual(collection.qrels, qrels);
  const read: BeirDocument[] = [];
  for await (const document of collection.documents()) read.push(document);
  assert.deepEqual(read, texts);
  assert.throws(() => [...formatBeirQrels(new Map([["q", new Map([["a\tb", 1]])]]))], { code: "INVALID_INPUT" });
});
