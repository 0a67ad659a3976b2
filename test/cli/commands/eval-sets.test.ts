// Judged sets from a library of one's own: made of its documents, and of what people opened.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import type { EvaluationReport } from "../../../src/cli/evaluation/figures.js";
import { openEngine } from "../../../src/index.js";
import { openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run, folder, library } = place;
after(place.remove);

place.write({
  "notes/keys.md":
    "# Key management\n\nSigning keys live in the vault.\n\n## Rotating the signing keys\n\nRun `vaultctl rotate`.\n",
  "notes/backup.md":
    "# Backups at the second site\n\nHow long do we keep the nightly tapes? Ninety days. See [who may open the vault](keys.md#rotating) and [the web](https://example.org/).\n",
  "notes/ops/lunch.md": "# Lunch menu of the week\n\nSoup on Monday. [Where the tapes are kept](../backup.md)\n",
});

const linesOf = (path: string) => readFileSync(join(folder, path), "utf8").trim().split("\n");

test("titles, headings, questions and links become queries that ask for their document", async () => {
  assert.equal((await run(["index", "notes"])).code, 0);
  const { code, stdout, stderr } = await run(["eval", "make", "--out", "judged", "--json"]);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout) as { documents: number; kinds: object; queries: { dev: number; test: number } };
  assert.deepEqual([report.documents, report.kinds], [3, { title: 3, link: 2, question: 1, heading: 1 }]);

  const texts = new Map(
    linesOf("judged/queries.jsonl")
      .map((line) => JSON.parse(line))
      .map(({ _id, text }) => [_id, text]),
  );
  const asked = new Map<string, string>();
  const splits = new Map<string, Set<string>>();
  for (const split of ["dev", "test"]) {
    for (const line of linesOf(`judged/qrels/${split}.tsv`).slice(1)) {
      const [query = "", document = ""] = line.split("\t");
      asked.set(texts.get(query), document);
      splits.set(document, (splits.get(document) ?? new Set()).add(split));
    }
  }
  assert.equal(asked.get("who may open the vault"), "notes/keys.md");
  assert.equal(asked.get("Where the tapes are kept"), "notes/backup.md");
  assert.equal(asked.get("How long do we keep the nightly tapes?"), "notes/backup.md");
  for (const [document, of] of splits) assert.equal(of.size, 1, `${document} is in both splits`);

  const again = await run(["eval", "make", "--out", "judged"]);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /judged is not empty/);
});

test("such a set is measured on the very library, and with other settings on one built from its documents", async () => {
  const words = ["eval", "judged", "--stages", "bm25", "--measure", "recall@10", "--json"];
  const own = await run([...words, "--library", library]);
  assert.equal(own.code, 0, own.stderr);
  const [found] = (JSON.parse(own.stdout) as EvaluationReport).collections;
  assert.deepEqual([found?.documents, found?.indexMs], [3, null]);
  const built = await run([...words, "--max-tokens", "64"]);
  assert.equal(built.code, 0, built.stderr);
  assert.equal((JSON.parse(built.stdout) as EvaluationReport).collections[0]?.documents, 3);
  const both = await run([...words, "--library", library, "--max-tokens", "64"]);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /is a library with models and a chunking of its own\. Leave out --max-tokens/);
  const swept = await run(["eval", "sweep", "judged", "--library", library, "--over", "chunking.maxTokens=64"]);
  assert.match(swept.stderr, /cannot be swept over it/);
});

test("what people opened and judged becomes a judged set; what is gone since is no part of it", async () => {
  const nothing = await run(["eval", "log", "--out", "asked"]);
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /has no searches with feedback yet/);

  const engine = await openEngine({ library });
  const open = async (query: string, id: string, parts: object = {}) => {
    const { searchId } = await engine.search({ query });
    await engine.feedback({ searchId, id, ...parts });
  };
  for (let i = 0; i < 2; i++) await open("where are the tapes", "notes/backup.md");
  await open("vault keys", "notes/keys.md", { kind: "judgement", relevance: 3 });
  await open("soup", "notes/ops/lunch.md", { kind: "judgement", relevance: 1 });
  await open("one click is not enough", "notes/keys.md");
  await engine.remove(["notes/ops/lunch.md"]);
  await engine.tenant("acme").put([{ id: "plan", title: "Plan of the penguin house", text: "Ice, water, fish." }]);
  await engine.close();

  const { code, stdout, stderr } = await run(["eval", "log", "--out", "asked", "--json"]);
  assert.equal(code, 0, stderr);
  const { documents, searches, queries } = JSON.parse(stdout) as Record<string, number>;
  assert.deepEqual([documents, searches, queries], [2, 5, 2]);
  assert.deepEqual(
    linesOf("asked/queries.jsonl").map((line) => (JSON.parse(line) as { text: string }).text),
    ["where are the tapes", "vault keys"],
  );
  assert.match(
    linesOf("asked/qrels/test.tsv").join("\n"),
    /^query-id.*\nq1\tnotes\/backup\.md\t2\nq2\tnotes\/keys\.md\t3$/,
  );
  const measured = await run(["eval", "asked", "--library", library, "--stages", "hybrid"]);
  assert.equal(measured.code, 0, measured.stderr);
  assert.match(measured.stdout, /^asked {2}2 documents, .* 2 queries\n/);
});

test("a tenant's documents make a set of their own, and are measured alone", async () => {
  const words = ["--library", library, "--tenant", "acme"];
  const made = await run(["eval", "make", "--out", "acme", "--dev-share", "0", ...words]);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^1 query from 1 document: 1 title, 0 links/);
  const { code, stdout } = await run(["eval", "acme", "--stages", "hybrid", "--measure", "p@1", "--json", ...words]);
  assert.equal(code, 0);
  assert.deepEqual((JSON.parse(stdout) as EvaluationReport).collections[0]?.stages[0]?.measures, { "p@1": 1 });
  const lost = await run(["eval", "acme", "--tenant", "acme"]);
  assert.equal(lost.code, 2);
  assert.match(lost.stderr, /name its folder with --library/);
});
