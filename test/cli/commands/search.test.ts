import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import type { SearchResponse } from "../../../src/retrieval/index.js";
import { notes, openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run } = place;
after(place.remove);
before(async () => {
  place.write(notes);
  const { code, stderr } = await run(["index", "notes"]);
  assert.equal(code, 0, stderr);
});

const hitsOf = (stdout: string) => (JSON.parse(stdout) as SearchResponse).hits.map(({ id }) => id);

test("results are titles with score, place and passage; a pipe gets no colour and no messages", async () => {
  const { code, stdout, stderr } = await run(["search", "how", "do", "I", "rotate", "the", "keys", "--limit", "1"]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  assert.match(stdout, /^1\. Key management {2}[01]\.\d\d\n {3}notes\/keys\.md.*\n {3}.*vaultctl rotate.*\n$/);
  assert.ok(!stdout.includes("\x1b"));
});

test("--json is the engine's answer in one line", async () => {
  const { stdout } = await run(["search", "rotate the keys", "--json"]);
  assert.equal(stdout.trimEnd().split("\n").length, 1);
  const answer = JSON.parse(stdout) as SearchResponse;
  assert.deepEqual(Object.keys(answer).sort(), [
    "candidates",
    "confidence",
    "confidenceFrom",
    "degraded",
    "feedback",
    "fusion",
    "generation",
    "hits",
    "limit",
    "model",
    "offset",
    "plan",
    "query",
    "remembered",
    "rerankDepth",
    "searchId",
    "similarity",
    "stages",
    "tookMs",
  ]);
  assert.equal(answer.hits[0]?.id, "notes/keys.md");
  assert.equal(answer.hits[0]?.explain, undefined);
});

test("--explain shows the rank of every stage, and the stages themselves", async () => {
  const { stdout } = await run(["search", "rotate keys", "--explain", "-n", "1"]);
  assert.match(stdout, /\n {3}stage +rank +score\n {3}bm25 +1 [\s\S]*\n {3}fused +1 [\s\S]*\n {3}final +1 /);
  assert.match(stdout, /\n {3}words rotate, keys\n/);
  assert.match(stdout, /\nstage +time +candidates\n[\s\S]*\nall +/);
  assert.match(stdout, /\nvectors exact \(/);
});

test("conditions narrow the search, alone and together, as expressions and as JSON", async () => {
  const asked: [filters: string[], ids: string[]][] = [
    [["year>=2020"], ["notes/keys.md"]],
    [["folder=notes", "team in ops,other"], ["notes/backup.md"]],
    [['{"or": [{"team": "ops"}, {"type": "text/plain"}]}'], ["notes/backup.md", "notes/lunch/menu.txt"]],
  ];
  for (const [filters, ids] of asked) {
    const words = filters.flatMap((filter) => ["--filter", filter]);
    const { code, stdout, stderr } = await run(["search", "notes", "--json", ...words]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(hitsOf(stdout).sort(), ids, filters.join());
  }
});

test("a filter that is not understood ends with 2 and shows what is", async () => {
  const asked: [filter: string, message: RegExp][] = [
    ["year", /^error: .*"year"/],
    ['{"year": {"gtee": 3}}', /found "gtee"\. Did you mean "gte"\?/],
    ['{"year": 3', /^error: The filter begins with "\{" but is not JSON/],
  ];
  for (const [filter, message] of asked) {
    const { code, stdout, stderr } = await run(["search", "x", "--filter", filter]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stdout, "");
  }
});

test("nothing found is no failure, and says what to try", async () => {
  const nothing = await run(["search", "zebra", "--mode", "lexical"]);
  assert.deepEqual(nothing, {
    code: 0,
    stdout: "",
    stderr: 'Nothing found for "zebra". Try other words; "lodestone status" shows what the library holds.\n',
  });
  const beyond = await run(["search", "keys", "--offset", "900"]);
  assert.equal(beyond.code, 0);
  assert.match(beyond.stderr, /^There are only \d documents? for this query; lower --offset \(now 900\)\.\n$/);
});

test("an empty query and one of more than 100 kB end with 2; one just below is answered", async () => {
  const [empty, huge, large] = [
    await run(["search", ""]),
    await run(["search", "x".repeat(110_000)]),
    await run(["search", "keys ".repeat(19_000), "--json", "-n", "1"]),
  ];
  assert.equal(empty.code, 2);
  assert.match(empty.stderr, /^error: The query is empty/);
  assert.equal(huge.code, 2);
  assert.match(huge.stderr, /^error: .*query/);
  assert.ok(huge.stderr.length < 500);
  assert.equal(large.code, 0, large.stderr);
  assert.deepEqual(hitsOf(large.stdout), ["notes/keys.md"]);
});

test("without a library the way to one is told, under --json with its code", async () => {
  const told = await run(["search", "x", "--library", "nowhere"]);
  assert.equal(told.code, 1);
  assert.match(told.stderr, /^error: There is no library in .*nowhere\. Create one with: lodestone index <folder>/);
  const { stderr, stdout } = await run(["search", "x", "--library", "nowhere", "--json"]);
  assert.equal(stdout, "");
  assert.equal((JSON.parse(stderr) as { error: { code: string } }).error.code, "LIBRARY_NOT_FOUND");
});

test("--debug adds the stack", async () => {
  const { stderr } = await run(["search", "x", "--library", "nowhere", "--debug"]);
  assert.match(stderr, /^error: There is no library[\s\S]*\n {4}at /);
});

test("a reader that closes the pipe early ends the command in peace", async () => {
  const child = place.start(["search", "keys", "--explain"]);
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (part) => {
    stderr += part;
  });
  const [code] = (await once(child, "close")) as [number];
  assert.equal(stderr, "");
  assert.equal(code, 0);
});
