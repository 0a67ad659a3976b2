import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { CostReport, Diagnosis, HealthOverview } from "../../../src/index.js";
import { openWorkplace } from "../run-cli.js";

const { run, write, remove } = openWorkplace();
after(remove);
write({
  "notes/keys.md": "# Keys\n\nRotate the keys every ninety days.\n",
  "notes/bread.md": "# Bread\n\nBread is baked from flour, water and salt.\n",
});
const indexed = await run(["index", "notes"]);
assert.equal(indexed.code, 0, indexed.stderr);

test("monitor shows what is known and what is still missing", async () => {
  const { code, stdout } = await run(["monitor"]);
  assert.equal(code, 0);
  assert.match(stdout, /^health +unknown: There is nothing to judge by yet/);
  assert.match(stdout, /baseline +none yet: it takes 64 documents/);
  assert.match(stdout, /queries +none in the last hour/);
  const json = JSON.parse((await run(["monitor", "--json"])).stdout) as HealthOverview;
  assert.equal(json.status, "unknown");
  assert.equal(json.queries.minutes.length, 60);
});

test("monitor cost has the tokens of what was indexed, and prices beside them", async () => {
  const { code, stdout } = await run(["monitor", "cost", "--by", "tenant"]);
  assert.equal(code, 0);
  assert.match(stdout, /^tenant +tokens +computing/);
  assert.match(stdout, /\(nobody's\) +\d/);
  assert.match(stdout, /OpenAI text-embedding-3-small +\$\d/);
  const json = JSON.parse((await run(["monitor", "cost", "--json"])).stdout) as CostReport;
  assert.equal(json.total.texts, 2);
  const refused = await run(["monitor", "cost", "--by", "month"]);
  assert.equal(refused.code, 2);
});

test("diagnose goes through all checks and ends with its sentence", async () => {
  const { code, stdout } = await run(["diagnose"]);
  assert.equal(code, 0);
  assert.match(stdout, /ok +Model and pipeline versions\n +All 2 chunks are of minilex/);
  assert.match(stdout.trimEnd().split("\n").at(-1)!, /^Nothing found that explains bad answers/);
  write({ "notes/keys.md": "# Keys\n\nKeys are not rotated any more.\n" });
  const { findings, sentence } = JSON.parse((await run(["diagnose", "--json"])).stdout) as Diagnosis;
  assert.equal(findings.length, 16);
  assert.match(sentence, /Documents have changed since they were indexed\. Run "lodestone index <folder>"/);
});

test("serve refuses alerts that would leave this machine, and rules that nobody knows", async () => {
  const elsewhere = await run(["serve", "--port", "0", "--alert-webhook", "http://example.com/"]);
  assert.deepEqual([elsewhere.code, /this machine only/.test(elsewhere.stderr)], [2, true], elsewhere.stderr);
  const unknown = await run(["serve", "--port", "0", "--alert", "latency=3"]);
  assert.match(unknown.stderr, /There is no alert rule "latency"\. The rules are top-score-low/);
  const malformed = await run(["serve", "--alert", "latency-high"]);
  assert.match(malformed.stderr, /Expected a rule and its limit/);
});
