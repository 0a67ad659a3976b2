import assert from "node:assert/strict";
import { existsSync, readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { openTemporary } from "./temporary.js";

const texts = [
  { id: "keys", text: "The rotation of signing keys happens every ninety days. Rotations are logged." },
  { id: "bread", text: "Bread is baked from flour, water, salt and yeast." },
  { id: "code", text: "Call getUserName() of node.js in a non-linear fashion, or use C++." },
];

test("a word that nothing has is read as similar ones, which the answer tells; asked not to, it finds nothing", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(texts);
  const request = { query: "roattion of kyes", mode: "lexical", explain: true } as const;
  const { hits, corrections } = await engine.search(request);
  assert.deepEqual(
    hits.map(({ id }) => id),
    ["keys"],
  );
  assert.deepEqual(corrections, [
    { word: "roattion", read: ["rotation"] },
    { word: "kyes", read: ["keys"] },
  ]);
  assert.deepEqual(hits[0]!.explain!.terms, ["rotation", "keys"]);
  const { snippet } = hits[0]!;
  assert.deepEqual(
    snippet.highlights.map(([start, end]) => snippet.text.slice(start, end)),
    ["rotation", "keys", "Rotations"],
  );
  const strict = await engine.search({ ...request, typos: false });
  assert.deepEqual([strict.hits, strict.corrections], [[], undefined]);
  assert.equal((await engine.search({ query: "rotation of keys" })).corrections, undefined);
});

test("names, identifiers and hyphenated words are found in either spelling", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(texts);
  for (const query of ["node.js", "C++", "get user name", "getUserName", "nonlinear", "non linear"]) {
    const { hits } = await engine.search({ query, mode: "lexical", typos: false });
    assert.equal(hits[0]?.id, "code", query);
    assert.ok(hits[0].snippet.highlights.length > 0, query);
  }
});

test("a query that is being typed is completed from the library, a tenant's from its own texts", async (t) => {
  const engine = await openTemporary(t, { crossEncoder: null });
  await engine.put(texts);
  const acme = engine.tenant("acme");
  await acme.put([{ id: "own", text: "Rotunda and roses, keys to the kingdom." }]);
  const suggested = async (query: string, of: Pick<typeof engine, "suggest"> = engine) =>
    (await of.suggest({ query })).flatMap(({ text, kind }) => (kind === "word" ? text : []));
  assert.deepEqual(await suggested("log ro"), ["log rotation", "log rotations"]);
  assert.deepEqual((await suggested("ro", acme)).sort(), ["roses", "rotunda"]);
  assert.deepEqual(await suggested("keys"), []);
  assert.deepEqual(await suggested("keys "), []);
  assert.deepEqual(await suggested("zzz"), []);
  assert.equal((await suggested("r"))[0], "rotation");
  await assert.rejects(engine.suggest({ query: "r", limit: 0 }), { code: "INVALID_INPUT" });
  assert.deepEqual((await acme.search({ query: "breed", mode: "lexical" })).corrections, undefined);
});

test("a large library keeps its words on disk; damaged, they are told of, made anew, and kept again", async (t) => {
  const library = join(temporaryFolder(), "library");
  const documents = Array.from({ length: 1100 }, (_, i) => ({
    id: `d${i}`,
    text: `Document ${i} about keys number${i}.`,
  }));
  const engine = await openTemporary(t, { library, crossEncoder: null });
  await engine.put(documents);
  await engine.close();
  const folder = join(library, "index", "generation-1", "lexical");
  assert.ok(existsSync(join(folder, "segments.json")));
  const find = async (notices: string[], readOnly = false) => {
    const onNotice = (notice: string) => void notices.push(notice);
    const opened = await openTemporary(t, { library, readOnly, crossEncoder: null, onNotice });
    const { hits } = await opened.search({ query: "number77", mode: "lexical", typos: false });
    await opened.close();
    return hits.map(({ id }) => id);
  };
  const segment = readdirSync(folder).find((name) => name.endsWith(".llex"))!;
  truncateSync(join(folder, segment), 1000);
  for (const [readOnly, damaged] of [
    [true, true],
    [false, true],
    [false, false],
  ] as const) {
    const notices: string[] = [];
    assert.deepEqual(await find(notices, readOnly), ["d77"]);
    assert.equal(
      notices.some((notice) => /lexical index is not used/.test(notice)),
      damaged,
      notices.join(),
    );
  }
});
