import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type BeirDocument, openBeirCollection } from "../../src/evaluation/index.js";
import { packageRoot } from "../../src/package-root.js";

const files = {
  "corpus.jsonl": '{"_id": "d1", "title": "Wings", "text": "Lift."}\n{"_id": "d2", "text": ""}\n',
  "queries.jsonl": '{"_id": "q2", "text": "drag"}\n{"_id": "q1", "text": "lift"}\n{"_id": "q3", "text": "unjudged"}\n',
  "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n",
};

async function collection(
  t: TestContext,
  changes: Partial<Record<keyof typeof files, string | null>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lodestone-beir-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "qrels"));
  for (const [name, content] of Object.entries({ ...files, ...changes })) {
    if (content !== null) await writeFile(join(folder, name), content);
  }
  return folder;
}

async function documentsOf(folder: string): Promise<BeirDocument[]> {
  const documents: BeirDocument[] = [];
  for await (const document of (await openBeirCollection(folder)).documents()) documents.push(document);
  return documents;
}

test("documents stream, queries with judgements and their grades are read", async (t) => {
  const folder = await collection(t);
  const { queries, qrels, split } = await openBeirCollection(folder);
  assert.equal(split, "test");
  assert.deepEqual(queries, [
    { id: "q2", text: "drag" },
    { id: "q1", text: "lift" },
  ]);
  assert.deepEqual([...qrels.keys()], ["q2", "q1"]);
  assert.deepEqual(
    [...qrels.get("q1")!],
    [
      ["d1", 2],
      ["d2", 0],
    ],
  );
  assert.deepEqual(await documentsOf(folder), [
    { id: "d1", title: "Wings", text: "Lift." },
    { id: "d2", title: "", text: "" },
  ]);
});

test("a byte order mark, CRLF, empty lines, numeric ids, null titles and a missing last line end are tolerated", async (t) => {
  const folder = await collection(t, {
    "corpus.jsonl": '\ufeff{"_id": 1, "title": null, "text": "é"}\r\n\r\n{"_id": "d2", "text": "x"}',
    "qrels/test.tsv": "q1\td2\t1\r\n",
  });
  assert.deepEqual(await documentsOf(folder), [
    { id: "1", title: "", text: "é" },
    { id: "d2", title: "", text: "x" },
  ]);
});

test("lines longer than a read buffer, and characters on its border, come out whole", async (t) => {
  const text = "é€\u{1f600}".repeat(40_000);
  const folder = await collection(t, {
    "corpus.jsonl": `{"_id":"a","text":"${text}"}\n{"_id":"b","text":"x${text}"}\n`,
  });
  assert.deepEqual(
    (await documentsOf(folder)).map((document) => document.text === text || document.text === `x${text}`),
    [true, true],
  );
});

test("a missing file is named, with the layout that is expected", async (t) => {
  for (const name of ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"] as const) {
    const folder = await collection(t, { [name]: null });
    await assert.rejects(openBeirCollection(folder), (error: Error & { code?: string }) => {
      assert.equal(error.code, "PATH_NOT_FOUND");
      assert.ok(error.message.startsWith(`${join(folder, name)} does not exist.`), error.message);
      return /corpus.jsonl, queries.jsonl and qrels/.test(error.message);
    });
  }
  await assert.rejects(openBeirCollection(await collection(t), "dev"), { code: "PATH_NOT_FOUND", message: /dev\.tsv/ });
});

test("a file that cannot be read is an error, not a crash", async (t) => {
  const folder = await collection(t, { "queries.jsonl": null });
  await mkdir(join(folder, "queries.jsonl"));
  await assert.rejects(openBeirCollection(folder), {
    code: "FILE_UNREADABLE",
    message: /queries\.jsonl cannot be read/,
  });
});

test("a damaged line is refused with its file and number", async (t) => {
  const header = "query-id\tcorpus-id\tscore\n";
  const cases: [keyof typeof files, string, RegExp][] = [
    ["corpus.jsonl", '{"_id": "d1", "text": "x"}\n{"_id": "d2"', /corpus\.jsonl:2: expected a JSON object; /],
    ["corpus.jsonl", "[1]\n", /corpus\.jsonl:1: expected a JSON object; found another value/],
    ["corpus.jsonl", '{"text": "x"}\n', /corpus\.jsonl:1: expected an "_id"; found none/],
    ["corpus.jsonl", '{"_id": "d1"}\n', /corpus\.jsonl:1: expected a "text"; found none/],
    ["corpus.jsonl", '{"_id": "d1", "text": 5}\n', /corpus\.jsonl:1: expected a text as "text"; found number/],
    [
      "corpus.jsonl",
      '{"_id": "d", "text": ""}\n\n{"_id": "d", "text": ""}',
      /corpus\.jsonl:3: the id "d" stood on an earlier line/,
    ],
    ["queries.jsonl", '{"_id": "q1", "text": ["lift"]}\n', /queries\.jsonl:1: expected a text as "text"; found object/],
    ["qrels/test.tsv", `${header}q1 d1 1\n`, /test\.tsv:2: expected 3 columns with tabs .* found 1/],
    ["qrels/test.tsv", `${header}q1\td1\tyes\n`, /test\.tsv:2: expected a whole number as score; found "yes"/],
    ["qrels/test.tsv", `${header}q7\td1\t1\n`, /test\.tsv:2: query "q7" is not in .*queries\.jsonl/],
    ["qrels/test.tsv", `${header}q1\td1\t1\nq1\td1\t1\n`, /test\.tsv:3: document "d1" is judged twice for query "q1"/],
    ["qrels/test.tsv", header, /test\.tsv:1: expected judgements; found none/],
  ];
  for (const [name, content, message] of cases) {
    const folder = await collection(t, { [name]: content });
    await assert.rejects(documentsOf(folder), { code: "INVALID_INPUT", message }, `${name}: ${content}`);
  }
});

const shared = join(packageRoot, "..", "shared", "data", "eval");

test("the evaluation collections have the sizes that their README states", {
  skip: !existsSync(shared) && `${shared} is absent`,
}, async () => {
  const sizes = {
    cranfield: [1400, 225, 1612],
    cisi: [1460, 76, 3114],
    medline: [1033, 30, 696],
    scifact: [5183, 300, 339],
  };
  for (const [name, expected] of Object.entries(sizes)) {
    const { documents, queries, qrels } = await openBeirCollection(join(shared, name));
    let documentCount = 0;
    for await (const _ of documents()) documentCount++;
    const judged = [...qrels.values()].reduce((sum, judgements) => sum + judgements.size, 0);
    assert.deepEqual([documentCount, queries.length, judged], expected, name);
  }
});
