import assert from "node:assert/strict";
import { after, test } from "node:test";
import { packageVersion } from "../../src/package-root.js";
import { openWorkplace } from "./run-cli.js";

const { run, remove } = openWorkplace();
after(remove);

const commands = [
  "index",
  "search",
  "serve",
  "status",
  "list",
  "get",
  "delete",
  "jobs",
  "jobs list",
  "jobs show",
  "jobs retry",
  "jobs cancel",
  "migrate",
  "migrate start",
  "migrate status",
  "migrate split",
  "migrate promote",
  "migrate rollback",
  "migrate finish",
  "models",
  "models list",
  "models verify",
  "models import",
  "monitor",
  "monitor cost",
  "monitor baseline",
  "diagnose",
  "eval",
  "start",
];

test("the help of every command opens with an example of it, on stdout and without colour", {
  concurrency: true,
}, async (t) => {
  const helps = commands.map((command) =>
    t.test(command, async () => {
      const { code, stdout, stderr } = await run([...command.split(" "), "--help"]);
      assert.equal(code, 0);
      assert.equal(stderr, "");
      assert.match(stdout, new RegExp(`^Examples?:\\n {2}\\$ lodestone ${command}`));
      assert.match(stdout, /--library <dir>[\s\S]*--json/);
      assert.ok(!stdout.includes("\x1b"));
    }),
  );
  await Promise.all(helps);
});

test("without a command the help is printed; --version prints the version alone", async () => {
  const [bare, help, version] = await Promise.all([run([]), run(["--help"]), run(["--version"])]);
  assert.equal(bare.code, 0);
  assert.equal(bare.stdout, help.stdout);
  assert.match(bare.stdout, /Exit codes: 0 done, 1 failed, 2 called wrongly/);
  assert.deepEqual(version, { code: 0, stdout: `${packageVersion}\n`, stderr: "" });
});

const mistakes: [words: string[], message: RegExp][] = [
  [["serach", "x"], /^error: unknown command 'serach'\n\(Did you mean search\?\)\nSee: lodestone --help\n$/],
  [
    ["search", "x", "--limt", "3"],
    /^error: unknown option '--limt'\n\(Did you mean --limit\?\)\nSee: lodestone search --help\n$/,
  ],
  [["models", "verfy"], /unknown command 'verfy'\n\(Did you mean verify\?\)/],
  [["index"], /^error: missing required argument 'targets'\nSee: lodestone index --help\n$/],
  [
    ["search", "x", "--limit", "abc"],
    /'--?n?, --limit <n>' argument 'abc' is invalid\. Expected a whole number from 1 to 100\./,
  ],
  [["search", "x", "--offset", "1001"], /Expected a whole number from 0 to 1000\./],
  [["search", "x", "--min-score", "2"], /Expected a number from 0 to 1, for instance 0\.5\./],
  [
    ["search", "x", "--mode", "fuzzy"],
    /argument 'fuzzy' is invalid\. Allowed choices are hybrid, lexical, dense, sparse\./,
  ],
  [["search", "x", "--plan", "hnsw"], /Allowed choices are auto, exact, prefilter, ivf, graph\./],
  [["search", "x", "--recall", "0.5"], /Expected a number from 0\.9 to 1, for instance 0\.95\./],
  [["search", "x", "--oversampling", "0.5"], /Expected a number from 1 to 1000, /],
  [["search", "x", "--probes", "0"], /Expected a whole number from 1 to 1000000\./],
  [["search", "x", "--ef", "1e3"], /Expected a whole number from 1 to 10000\./],
  [["search", "x", "--library"], /'--library <dir>' argument missing/],
  [["search", "x", "--filter", ""], /Expected something, found nothing\./],
  [["index", "x", "--max-file-size", "64X"], /Expected a size, for instance 500K, 64M or 1G\./],
  [["serve", "--port", "70000"], /Expected a whole number from 0 to 65535\./],
  [["serve", "--vector-format", "int4"], /Allowed choices are float32, float16, int8\./],
  [
    ["serve", "--vector-dimensions", "100"],
    /The 512 dimensions of minilex-embed-en cannot be truncated to 100, but to 256 or 128\./,
  ],
  [["migrate", "split", "33"], /value '33' is invalid for argument 'share'\. Allowed choices are 0, 10, 25, 50, 100\./],
  [["migrate", "split"], /^error: missing required argument 'share'\nSee: lodestone migrate split --help\n$/],
  [["migrate", "start", "--max-tokens", "8"], /Expected a whole number from 32 to 8192\./],
  [["migrate", "promot"], /unknown command 'promot'\n\(Did you mean promote\?\)/],
  [["status", "extra"], /too many arguments for 'status'/],
  [["index", "a.md", "--id", "x"], /--id describes the document on standard input/],
  [["index", "-", "a.md", "--id", "x"], /Standard input \("-"\) stands alone/],
  [["index", "-"], /A document on standard input needs an id\. Example: /],
  [["index", "-", "--id", "x", "--type", "pdf"], /--type is one of text, markdown, html, not "pdf"/],
  [["delete"], /by id or by --filter, one of the two/],
  [
    ["eval", "x", "--stages", "bm25,magic"],
    /Expected bm25, dense, hybrid, hybrid\+rerank, default, with commas between them\./,
  ],
];

test("a mistake in the call ends with 2, a message that says what was expected, and nothing on stdout", {
  concurrency: true,
}, async (t) => {
  const runs = mistakes.map(([words, message]) =>
    t.test(words.join(" "), async () => {
      const { code, stdout, stderr } = await run(words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.ok(!stderr.includes("    at "));
    }),
  );
  await Promise.all(runs);
});

test("under --json a mistake is told as JSON", async () => {
  const { code, stdout, stderr } = await run(["search", "x", "--limit", "0", "--json"]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  const { error } = JSON.parse(stderr) as { error: { code: string; message: string } };
  assert.equal(error.code, "USAGE");
  assert.match(
    error.message,
    /^option '-n, --limit <n>' argument '0' is invalid\. Expected a whole number from 1 to 100\.$/,
  );
});
