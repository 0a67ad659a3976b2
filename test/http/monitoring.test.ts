// /v1/health, /v1/alerts, /v1/diagnosis, /v1/cost and /metrics.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { metricsText } from "../../src/http/metrics-text.js";
import { alertsSchema, costSchema, diagnosisSchema, healthSchema } from "../../src/http/monitoring-schema.js";
import { packageRoot } from "../../src/package-root.js";
import { documents, startEverything } from "./server-under-test.js";
import { checkedAnswer } from "./strict-answer.js";

const { engine, server } = await startEverything({ after });

type Sample = { name: string; labels: string; value: number };

/** Reads the text format of Prometheus; fails where a line is none, or a metric stands without its help and type. */
function parsed(text: string): { samples: Sample[]; types: Map<string, string> } {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, named, rest] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (kind === "TYPE") types.set(named!, rest!);
    if (kind !== undefined) continue;
    const [, name, labels = "", value] =
      /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)+\})? (\+Inf|-?[\d.e+-]+)$/.exec(line) ?? [];
    assert.ok(name !== undefined, `no sample: ${line}`);
    const base = name.replace(/_(bucket|sum|count)$/, "");
    assert.ok(types.has(name) || types.get(base) === "histogram", `${name} has no type`);
    samples.push({ name, labels, value: Number(value) });
  }
  return { samples, types };
}

const scrape = async () => {
  const answer = await server.ask("/metrics");
  assert.equal(answer.status, 200);
  assert.match(String(answer.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  return parsed(answer.text);
};

test("health shows what was asked and what is known of the vectors", async () => {
  await engine.search({ query: "rotate the keys" });
  const health = checkedAnswer(healthSchema, (await server.ask("/v1/health")).json);
  assert.equal(health.status, "healthy");
  assert.equal(health.embeddings.baseline, null);
  assert.ok(health.queries.lastHour.queries >= 1);
  assert.equal(health.queries.minutes.length, 60);
  assert.equal(
    health.queries.minutes.reduce((sum, { queries }) => sum + queries, 0),
    health.queries.lastHour.queries,
  );
  assert.equal(health.queries.confidence, null);
  const looked = await server.ask("/v1/health/check", { method: "POST" });
  checkedAnswer(healthSchema, looked.json);
  const refused = await server.ask("/v1/health/check", { json: { rebases: true } });
  assert.deepEqual([refused.status, refused.json.code], [400, "UNKNOWN_FIELD"]);
});

test("alerts, diagnosis and costs are what the engine says", async () => {
  assert.deepEqual(checkedAnswer(alertsSchema, (await server.ask("/v1/alerts")).json).alerts, []);
  const diagnosis = checkedAnswer(diagnosisSchema, (await server.ask("/v1/diagnosis")).json);
  assert.equal(diagnosis.findings.length, 16);
  const cost = checkedAnswer(costSchema, (await server.ask("/v1/cost?by=tenant")).json);
  assert.deepEqual(
    cost.groups.map(({ name }) => name),
    [""],
  );
  assert.ok(cost.total.texts >= documents.length);
  assert.equal((await server.ask("/v1/cost?by=month")).status, 400);
});

test("metrics are in the text format, count on, and keep their labels few", async () => {
  const before = await scrape();
  const figureOf = ({ samples }: Awaited<ReturnType<typeof scrape>>, name: string, labels = "") =>
    samples.find((sample) => sample.name === name && sample.labels === labels)?.value;
  await engine.search({ query: "a query that nobody asked before" });
  await engine.search({ query: "a query that nobody asked before" });
  const now = await scrape();
  const grown = (name: string, labels?: string) => figureOf(now, name, labels)! - figureOf(before, name, labels)!;
  assert.equal(grown("lodestone_searches_total"), 2);
  assert.equal(grown("lodestone_query_cache_lookups_total", '{result="hit"}'), 1);
  assert.equal(grown("lodestone_query_cache_lookups_total", '{result="miss"}'), 1);
  assert.equal(grown("lodestone_search_duration_seconds_count"), 2);
  assert.equal(grown("lodestone_search_duration_seconds_bucket", '{le="+Inf"}'), 2);
  assert.ok(grown("lodestone_search_duration_seconds_sum") > 0);
  assert.equal(figureOf(now, "lodestone_documents"), documents.length);
  assert.equal(figureOf(now, "lodestone_jobs", '{state="failed"}'), 0);
  const buckets = now.samples.filter(({ name }) => name === "lodestone_search_duration_seconds_bucket");
  assert.deepEqual(
    buckets.map(({ value }) => value),
    buckets.map(({ value }) => value).sort((a, b) => a - b),
  );
  for (const [name, type] of now.types) {
    assert.match(name, /^lodestone_/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.doesNotMatch(name, /_(ms|milliseconds|kb|mb)(_|$)/, name);
    assert.ok(now.samples.filter((sample) => sample.name.startsWith(name)).length <= 16, name);
  }
});

test("what could break a line of metrics is escaped", () => {
  const samples = [{ labels: { path: 'a "b"\\\n' }, value: 1 }];
  const text = metricsText([{ name: "lodestone_x", help: "one\ntwo", type: "gauge", samples }]);
  assert.equal(
    text,
    '# HELP lodestone_x one\\ntwo\n# TYPE lodestone_x gauge\nlodestone_x{path="a \\"b\\"\\\\\\n"} 1\n',
  );
});

test("every metric that the dashboard for Grafana names is exported", async () => {
  const dashboard = readFileSync(join(packageRoot, "grafana", "lodestone.json"), "utf8");
  const panels = (JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] }).panels;
  const named = new Set(
    panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/lodestone_\w+/g) ?? [])),
  );
  const { samples } = await scrape();
  // Of vectors there are figures only once there is a baseline.
  const later = ["lodestone_embedding_shift", "lodestone_embedding_coherence", "lodestone_embedding_norm_drift_ratio"];
  const exported = new Set([...samples.map(({ name }) => name), ...later]);
  assert.ok(named.size > 15);
  assert.deepEqual(
    [...named].filter((name) => !exported.has(name)),
    [],
  );
});
