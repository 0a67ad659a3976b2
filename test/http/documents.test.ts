// /v1/documents over a real library.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openEngine } from "../../src/engine/index.js";
import {
  documentPageSchema,
  putReportSchema,
  removeReportSchema,
  storedDocumentSchema,
} from "../../src/http/document-schema.js";
import { documents, startEverything, startServer } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { engine, server } = await startEverything({ after });
const { ask } = server;

test("a document that was put is read back, listed, found and deleted", async () => {
  const content = {
    text: "# Lime\n\nKey lime pie.",
    title: "Pie",
    type: "text/markdown",
    metadata: { sweet: true },
    modifiedAt: "2024-05-06",
  };
  const put = await ask("/v1/documents/pie", { method: "PUT", json: content });
  assert.equal(put.status, 200);
  assert.deepEqual(checkedAnswer(putReportSchema, put.json), { written: 1, unchanged: 0, chunks: 1, embedded: 1 });

  const read = checkedAnswer(storedDocumentSchema, (await ask("/v1/documents/pie")).json);
  assert.equal(read.title, "Pie");
  assert.equal(read.type, "text/markdown");
  assert.equal(read.modifiedAt, "2024-05-06T00:00:00.000Z");
  assert.deepEqual(read.metadata, { sweet: true });
  assert.match(read.text, /Key lime pie\./);
  assert.equal(read.chunks.length, 1);
  assert.match(read.text.slice(read.chunks[0]?.start, read.chunks[0]?.end), /Key lime pie/);

  const listed = checkedAnswer(documentPageSchema, (await ask("/v1/documents")).json);
  assert.ok(listed.documents.some(({ id }) => id === "pie"));
  const found = await ask("/v1/search", { json: { query: "key lime", filter: { sweet: true } } });
  assert.equal((found.json.hits as { id: string }[])[0]?.id, "pie");

  const deleted = await ask("/v1/documents/pie", { method: "DELETE" });
  assert.equal(deleted.status, 200);
  assert.deepEqual(checkedAnswer(removeReportSchema, deleted.json), { removed: ["pie"], missing: [] });
  assert.equal((await ask("/v1/documents/pie")).status, 404);
  assert.equal((await ask("/v1/documents/pie", { method: "DELETE" })).json.code, "NOT_FOUND");
});

test("putting the same document again changes nothing", async () => {
  const [first] = documents;
  const { id, ...content } = first!;
  const answer = await ask(`/v1/documents/${encodeURIComponent(id)}`, { method: "PUT", json: content });
  assert.deepEqual(answer.json, { written: 0, unchanged: 1, chunks: 0, embedded: 0 });
});

test("a page of the list has offset, limit and total, and meets the filter", async () => {
  const page = checkedAnswer(documentPageSchema, (await ask("/v1/documents?offset=1&limit=2")).json);
  assert.deepEqual(
    page.documents.map(({ id }) => id),
    documents
      .map(({ id }) => id)
      .sort()
      .slice(1, 3),
  );
  assert.deepEqual([page.total, page.offset, page.limit], [4, 1, 2]);
  const filter = encodeURIComponent(JSON.stringify({ year: { lt: 2024 } }));
  const filtered = checkedAnswer(documentPageSchema, (await ask(`/v1/documents?filter=${filter}`)).json);
  assert.deepEqual(
    filtered.documents.map(({ id }) => id),
    ["guides/backup.md", "recipes/bread.txt"],
  );
  assert.equal(filtered.total, 2);
});

test("a filter may name a field as JavaScript names what every object has", async () => {
  for (const field of ["toString", "constructor", "valueOf", "hasOwnProperty"]) {
    for (const condition of ["x", { exists: true }, { gt: 1 }]) {
      const filter = encodeURIComponent(JSON.stringify({ [field]: condition }));
      const answer = await ask(`/v1/documents?filter=${filter}`);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json.total, 0);
    }
  }
});

for (const id of [
  "ü/日本 100%.txt",
  "a/b/../c",
  "?q=1#x",
  "😀",
  "line\nbreak",
  "'\"<>&",
  "delete",
  "+ +",
  "a".repeat(1024),
]) {
  test(`the id ${JSON.stringify(id.slice(0, 20))} goes through the address unharmed`, async () => {
    const path = `/v1/documents/${encodeURIComponent(id)}`;
    assert.equal((await ask(path, { method: "PUT", json: { text: `The text of ${id.slice(0, 20)}` } })).status, 200);
    const read = await ask(path);
    assert.equal(read.json.id, id);
    if (documents.some((document) => document.id === id)) return;
    assert.deepEqual((await ask(path, { method: "DELETE" })).json, { removed: [id], missing: [] });
  });
}

const badIds: [name: string, path: string, status: number, code: string][] = [
  ["a broken escape", "%zz", 400, "URL_MALFORMED"],
  ["bytes that are no UTF-8", "%ff%fe", 400, "URL_MALFORMED"],
  ["nothing", "", 400, "INVALID_INPUT"],
  ["only spaces", "%20%20", 400, "INVALID_INPUT"],
  ["more than 1,024 bytes", "a".repeat(1025), 400, "INVALID_INPUT"],
  ["fewer letters but more bytes", encodeURIComponent("日".repeat(342)), 400, "INVALID_INPUT"],
  ["10 kB", "a".repeat(10_000), 400, "INVALID_INPUT"],
  ["20 kB", "a".repeat(20_000), 431, "HEADERS_TOO_LARGE"],
];
for (const [name, id, status, code] of badIds) {
  test(`an id of ${name} is refused`, async () => {
    const answer = await ask(`/v1/documents/${id}`, { method: "PUT", json: { text: "x" } });
    assert.deepEqual([answer.status, answer.json.code], [status, code]);
  });
}

test("an id of 10 kB in a body is refused too, naming its place", async () => {
  const answer = await ask("/v1/documents", {
    json: {
      documents: [
        { id: "a", text: "" },
        { id: "b".repeat(10_000), text: "x" },
      ],
    },
  });
  assert.equal(answer.status, 400);
  assert.equal(answer.json.code, "INVALID_INPUT");
  assert.equal((answer.json.errors as { pointer: string }[])[0]?.pointer, "/documents/1/id");
});

test("of many documents either all are written or none", async () => {
  const before = (await ask("/v1/documents?limit=1")).json.total;
  const answer = await ask("/v1/documents", {
    json: {
      documents: [
        { id: "good", text: "x" },
        { id: "bad", text: "x", modifiedAt: "soon" },
      ],
    },
  });
  assert.equal(answer.status, 400);
  assert.match(String(answer.json.detail), /"bad".*modifiedAt/);
  assert.equal((await ask("/v1/documents?limit=1")).json.total, before);
});

test("a thousand documents are taken at once, one more is not", async () => {
  const many = Array.from({ length: 1000 }, (_, i) => ({
    id: `many/${i}`,
    text: `Number ${i}`,
    metadata: { many: true },
  }));
  const put = await ask("/v1/documents", { json: { documents: many } });
  assert.equal(put.json.written, 1000);
  const more = await ask("/v1/documents", { json: { documents: [...many, { id: "one more", text: "x" }] } });
  assert.equal(more.status, 400);
  assert.match(String(more.json.detail), /^"documents": expected at most 1000 elements, found a list\.$/);
  const deleted = await ask("/v1/documents/delete", { json: { filter: { many: true } } });
  assert.equal(checkedAnswer(removeReportSchema, deleted.json).removed.length, 1000);
});

test("deleting by ids names those that were not there", async () => {
  await ask("/v1/documents/here", { method: "PUT", json: { text: "x" } });
  const answer = await ask("/v1/documents/delete", { json: { ids: ["here", "gone"] } });
  assert.deepEqual(checkedAnswer(removeReportSchema, answer.json), { removed: ["here"], missing: ["gone"] });
});

const badBodies: [name: string, method: string, path: string, body: unknown, code: string, detail: RegExp][] = [
  ["neither ids nor a filter", "POST", "/v1/documents/delete", {}, "INVALID_INPUT", /either "ids" or "filter"/],
  [
    "ids and a filter",
    "POST",
    "/v1/documents/delete",
    { ids: ["a"], filter: { a: 1 } },
    "INVALID_INPUT",
    /either "ids" or "filter"/,
  ],
  ["an empty filter", "POST", "/v1/documents/delete", { filter: {} }, "INVALID_INPUT", /would delete everything/],
  [
    "a filter of nonsense",
    "POST",
    "/v1/documents/delete",
    { filter: { year: { gte: [] } } },
    "FILTER_INVALID",
    /filter\.year/,
  ],
  [
    "no documents",
    "POST",
    "/v1/documents",
    { documents: [] },
    "INVALID_INPUT",
    /^"documents": expected at least 1 element/,
  ],
  [
    "a document that is none",
    "POST",
    "/v1/documents",
    { documents: [7] },
    "INVALID_INPUT",
    /^"documents\.0": expected an object, found 7\.$/,
  ],
  [
    "a misspelled field of a document",
    "POST",
    "/v1/documents",
    { documents: [{ id: "a", test: "x" }] },
    "INVALID_INPUT",
    /Unknown field "documents\.0\.test" in the body\. Did you mean "text"\?/,
  ],
  [
    "one id twice",
    "POST",
    "/v1/documents",
    {
      documents: [
        { id: "a", text: "x" },
        { id: "a", text: "y" },
      ],
    },
    "INVALID_INPUT",
    /"a" stands twice/,
  ],
  [
    "an id in the body and in the address",
    "PUT",
    "/v1/documents/a",
    { id: "a", text: "x" },
    "UNKNOWN_FIELD",
    /Unknown field "id"/,
  ],
  ["no text", "PUT", "/v1/documents/a", { title: "x" }, "INVALID_INPUT", /^"text": expected a text, found nothing\.$/],
  [
    "an unknown type",
    "PUT",
    "/v1/documents/a",
    { text: "x", type: "text/rtf" },
    "INVALID_INPUT",
    /^"type": expected one of "text\/plain", /,
  ],
  ["infinite metadata", "PUT", "/v1/documents/a", '{"text": "x", "metadata": {"n": 1e999}}', "INVALID_INPUT", /n/],
  ["nested lists in metadata", "PUT", "/v1/documents/a", { text: "x", metadata: { n: [[1]] } }, "INVALID_INPUT", /n/],
];
for (const [name, method, path, body, code, detail] of badBodies) {
  test(`${method} ${path} refuses ${name}`, async () => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await ask(path, { method, body: text, headers: { "content-type": "application/json" } });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.code, code);
    assert.match(String(answer.json.detail), detail);
  });
}

test("a list with an unknown parameter, or one that is too long, is refused", async () => {
  const unknown = await ask("/v1/documents?limt=3");
  assert.deepEqual([unknown.status, unknown.json.code], [400, "UNKNOWN_FIELD"]);
  const long = await ask("/v1/documents?limit=1001");
  assert.match(String(long.json.detail), /^"limit": expected at most 1000, found "1001"\.$/);
});

test("writing to a library that is open for reading is forbidden, reading is not", async (t) => {
  const reading = await openEngine({ library: engine.library, readOnly: true });
  t.after(() => reading.close());
  const readOnly = await startServer(t, reading);
  const writes = [
    readOnly.ask("/v1/documents/a", { method: "PUT", json: { text: "x" } }),
    readOnly.ask("/v1/documents", { json: { documents: [{ id: "a", text: "x" }] } }),
    readOnly.ask("/v1/documents/a", { method: "DELETE" }),
    readOnly.ask("/v1/documents/delete", { json: { ids: ["a"] } }),
  ];
  for (const answer of await Promise.all(writes)) {
    assert.deepEqual([answer.status, answer.json.code], [403, "LIBRARY_READ_ONLY"]);
  }
  assert.equal((await readOnly.ask("/v1/documents")).status, 200);
});

test("writes and searches at the same time are all answered", async () => {
  const work = Array.from({ length: 30 }, (_, i) =>
    i % 3 === 0
      ? ask(`/v1/documents/busy-${i}`, { method: "PUT", json: { text: `Busy ${i}` } })
      : ask("/v1/search", { json: { query: `busy ${i}`, limit: 3 } }),
  );
  assert.deepEqual([...new Set((await Promise.all(work)).map(({ status }) => status))], [200]);
  const ids = Array.from({ length: 10 }, (_, i) => `busy-${3 * i}`);
  assert.deepEqual((await ask("/v1/documents/delete", { json: { ids } })).json, { removed: ids, missing: [] });
});
