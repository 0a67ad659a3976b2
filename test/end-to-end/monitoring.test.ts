// Watching an open library: what came in, how queries fare, what is wrong and what it costs. Faults are planted in real libraries of
// real texts, and each must be named.

import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { passageOf } from "../../src/documents/index.js";
import { openBiEncoder, openCatalogue } from "../../src/encoders/index.js";
import type { AlertNews, DocumentInput, Engine } from "../../src/index.js";
import { packageRoot } from "../../src/package-root.js";
import { databasePath, openReader } from "../../src/store/index.js";
import { documentsOf, queriesOf, withoutDomains } from "../quality/domains.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary, writeFiles } from "./temporary.js";

type Domain = Parameters<typeof documentsOf>[0];

function documents(domain: Domain, from: number, to: number): DocumentInput[] {
  return documentsOf(domain)
    .slice(from, to)
    .map(({ title, text }, i) => ({ id: `${domain}/${from + i}`, ...(title ? { title } : {}), text }));
}

/** Cosines alone: what is watched is the same, in a tenth of the time. */
const unreranked = { crossEncoder: null, monitoring: { calibrate: false } } as const;

/** Writes other vectors over those of the stored passages. */
async function overwriteVectors(library: string, embed: (passages: string[]) => Promise<Float32Array>): Promise<void> {
  const db = new Database(databasePath(library));
  const blocks = db
    .prepare<[], { id: number; firstRow: number; rows: number }>(
      "SELECT rowid AS id, first_row AS firstRow, rows FROM row_blocks",
    )
    .all();
  const reader = openReader(library);
  for (const { id, firstRow, rows } of blocks) {
    const numbers = Uint32Array.from({ length: rows }, (_, i) => firstRow + i);
    const passages = reader.chunks(numbers).map(({ title, headingPath, text }) => passageOf(title, headingPath, text));
    const vectors = await embed(passages);
    db.prepare("UPDATE row_blocks SET vectors = ? WHERE rowid = ?").run(new Uint8Array(vectors.buffer), id);
  }
  reader.close();
  db.close();
  // Index files would be made of the vectors that were there before.
  rmSync(join(library, "index"), { recursive: true, force: true });
}

async function causeIn(engine: Engine): Promise<string | undefined> {
  return (await engine.monitor.diagnose()).causes[0]?.cause;
}

async function libraryOf(t: TestContext, domain: Domain, options: Parameters<typeof openTemporary>[1] = {}) {
  const engine = await openTemporary(t, { ...unreranked, ...options });
  await engine.put(documents(domain, 0, 240));
  await engine.monitor.settled();
  return engine;
}

test("an index that a migration made is told with the time of its beginning", async (t) => {
  const engine = await openTemporary(t, unreranked);
  await engine.put([{ id: "whales", text: "Whales sing in the deep." }]);
  assert.deepEqual((await engine.monitor.overview()).migrations, []);
  const begun = Date.now();
  await engine.migration.start({ dimensions: 256 });
  await engine.migration.promote();
  const { generation, model, migrations } = await engine.monitor.overview();
  assert.deepEqual(
    migrations.map(({ generation, model }) => [generation, model]),
    [[generation, model]],
  );
  assert.ok(Date.parse(migrations[0]!.startedAt) >= begun);
});

test("a library of which the model knows hardly a word is diagnosed all the same", async (t) => {
  const engine = await openTemporary(t, unreranked);
  const words = ["ключи", "реки", "хлеб", "мосты", "сады", "киты", "часы", "горы", "облака", "поезда"];
  await engine.put(
    Array.from({ length: 80 }, (_, i) => {
      const [one, two] = [words[i % 10]!, words[Math.floor(i / 10)]!];
      return { id: `d${i}`, title: `${one} и ${two} ${i}`, text: `${one} ${two} ${one} ${i}. ${two} ${one} ${two}.` };
    }),
  );
  await engine.monitor.settled();
  for (const query of words) await engine.search({ query });
  const { findings } = await engine.monitor.diagnose();
  const passages = findings.find(({ title }) => title === "Stored passages, embedded again");
  assert.equal(passages?.status, "fine", passages?.sentence);
});

describe("a library of one domain", { skip: withoutDomains }, () => {
  test("finds nothing wrong where nothing is, and names a batch of another domain", async (t) => {
    const library = join(temporaryFolder(), "library");
    const notices: string[] = [];
    const engine = await libraryOf(t, "cisi", { library, onNotice: (notice) => notices.push(notice) });
    await engine.put(documents("cisi", 240, 304));
    await engine.monitor.settled();
    for (const query of queriesOf("cisi").slice(0, 30)) await engine.search({ query });
    const before = await engine.monitor.overview();
    assert.equal(before.status, "healthy", before.sentence);
    assert.deepEqual(
      before.embeddings.runs.map(({ documents: count, health }) => [count, health?.status]),
      [
        [64, "healthy"],
        [240, "healthy"],
      ],
    );
    const calm = await engine.monitor.diagnose();
    assert.match(calm.sentence, /^Nothing found/, calm.sentence);

    await engine.put(documents("medline", 0, 64));
    await engine.monitor.settled();
    const { status, alerts } = await engine.monitor.overview();
    assert.equal(status, "critical");
    assert.ok(alerts.some(({ id, source }) => id === "batch-distribution-shift" && source === "batch"));
    assert.ok(notices.some((notice) => /distributed unlike the baseline/.test(notice)));
    const found = await engine.monitor.diagnose();
    assert.equal(found.causes[0]?.cause, "foreign-domain", found.sentence);
    assert.match(found.sentence, /Run "lodestone index --library/);

    const { events } = await engine.monitor.alerts();
    await engine.close();
    const again = await openTemporary(t, { library, ...unreranked });
    const after = await again.monitor.overview();
    assert.equal(after.status, "critical");
    assert.equal(after.queries.lastHour.queries, 30);
    assert.deepEqual(after.events, events);
    // What has come to stay is taken for good when somebody says so.
    const accepted = await again.monitor.check({ rebase: true });
    assert.equal(accepted.embeddings.index?.status, "healthy", accepted.embeddings.index?.sentence);
  });

  test("names documents that have changed since they were read", async (t) => {
    const folder = temporaryFolder();
    const texts = documents("cisi", 0, 40).map(({ text }) => text);
    writeFiles(folder, Object.fromEntries(texts.map((text, i) => [`notes/${i}.txt`, text])));
    const engine = await openTemporary(t, { library: join(folder, "library"), ...unreranked });
    await engine.ingestPaths([join(folder, "notes")]);
    assert.notEqual(await causeIn(engine), "stale-documents");
    for (let i = 0; i < 20; i++) appendFileSync(join(folder, "notes", `${i}.txt`), "\nAnd this was added later.");
    for (let i = 20; i < 24; i++) rmSync(join(folder, "notes", `${i}.txt`));
    const { causes, findings } = await engine.monitor.diagnose();
    assert.equal(causes[0]?.cause, "stale-documents");
    const staleness = findings.find(({ check }) => check === "staleness");
    assert.match(staleness!.sentence, /20 have changed .* 4 are gone/);
  });

  test("names a batch whose texts were prepared in another way", async (t) => {
    const engine = await libraryOf(t, "cisi");
    const marked = documents("cisi", 240, 304).map(({ text, ...document }) => {
      const sentences = text.split(". ").map((sentence) => `<p class="body-text"><span>${sentence}.</span></p>`);
      return {
        ...document,
        text: `<html><head><meta charset="utf-8"/></head><body>${sentences.join("")}</body></html>`,
      };
    });
    await engine.put(marked);
    await engine.monitor.settled();
    assert.equal(await causeIn(engine), "altered-preprocessing");
  });

  test("names a model that does not read texts to their end", async (t) => {
    const engine = await openTemporary(t, { ...unreranked, chunking: { maxTokens: 512, overlapTokens: 0 } });
    const whole = documents("cisi", 0, 320).map(({ text }) => text);
    const long = Array.from({ length: 64 }, (_, i) => whole.slice(5 * i, 5 * i + 5).join(" "));
    const title =
      "On the long titles that reports of committees have had for as long as there have been committees, ".repeat(4);
    await engine.put(long.map((text, i) => ({ id: String(i), title, text })));
    await engine.monitor.settled();
    assert.equal(await causeIn(engine), "truncated-input");
  });

  test("names passages that were embedded with the prefix of queries, and vectors of another origin", async (t) => {
    const folder = temporaryFolder();
    const name = "with-prefixes";
    cpSync(join(packageRoot, "models", "minilex-embed-en"), join(folder, name), { recursive: true });
    const manifestPath = join(folder, name, "manifest.json");
    const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as object;
    const prefixes = { queryPrefix: "question asked by somebody: ", passagePrefix: "answer that was written down: " };
    writeFileSync(manifestPath, JSON.stringify({ ...manifest, name, ...prefixes }));
    const model = openCatalogue([folder]).find("bi-encoder", name);
    const options = { ...unreranked, library: join(folder, "library"), models: [folder], biEncoder: name };
    const engine = await openTemporary(t, options);
    await engine.put(documents("cisi", 0, 80));
    await engine.monitor.settled();
    assert.notEqual(await causeIn(engine), "swapped-prefixes");
    await engine.close();

    const encoder = await openBiEncoder(model);
    t.after(() => encoder.close());
    await overwriteVectors(options.library, async (passages) => (await encoder.embed(passages, "query")).vectors);
    const swapped = await openTemporary(t, options);
    assert.equal(await causeIn(swapped), "swapped-prefixes");
    await swapped.close();

    await overwriteVectors(options.library, async (passages) => {
      const { vectors } = await encoder.embed(passages, "passage");
      // Another model's axes mean something else.
      return vectors.reverse();
    });
    const foreign = await openTemporary(t, options);
    assert.equal(await causeIn(foreign), "altered-model");
  });

  test("names questions about something else", async (t) => {
    const engine = await libraryOf(t, "cisi");
    for (const query of queriesOf("cisi").slice(0, 40)) await engine.search({ query });
    assert.notEqual(await causeIn(engine), "query-domain");
    const foreign = [...queriesOf("medline"), ...queriesOf("cranfield")];
    for (let i = 0; i < 256; i++) {
      await engine.search({ query: `${foreign[i % foreign.length]} ${i}`, mode: "dense" });
    }
    assert.equal(await causeIn(engine), "query-domain");
  });

  test("names vectors that are kept too coarsely", async (t) => {
    const library = join(temporaryFolder(), "library");
    const whole = await libraryOf(t, "cisi", { library });
    assert.notEqual(await causeIn(whole), "coarse-quantization");
    await whole.close();
    const coarse = await openTemporary(t, {
      library,
      ...unreranked,
      vectors: { format: "int8", truncate: 128 },
    });
    const { causes, sentence } = await coarse.monitor.diagnose();
    assert.equal(causes[0]?.cause, "coarse-quantization", sentence);
    assert.match(sentence, /--vector-format float32/);
  });

  test("knows after a calibration which questions it has no answer to, and still does when it is opened again", async (t) => {
    const library = join(temporaryFolder(), "library");
    const engine = await libraryOf(t, "cranfield", { library, monitoring: {} });
    await engine.monitor.check();
    const isLow = async (opened: Engine, query: string) => {
      const { confidence, confidenceFrom } = await opened.search({ query });
      assert.equal(confidenceFrom, "calibration");
      return confidence! < 0.65;
    };
    const shareOfLow = async (opened: Engine, domain: Domain) => {
      const queries = queriesOf(domain).slice(0, 20);
      let low = 0;
      for (const query of queries) if (await isLow(opened, query)) low++;
      return low / queries.length;
    };
    assert.ok((await shareOfLow(engine, "cranfield")) <= 0.2);
    assert.ok((await shareOfLow(engine, "cisi")) >= 0.8);
    const { confidence } = (await engine.monitor.overview()).queries;
    await engine.close();
    const again = await openTemporary(t, { library, readOnly: true, crossEncoder: null });
    assert.deepEqual((await again.monitor.overview()).queries.confidence, confidence);
    assert.equal(await isLow(again, "how to boil an egg"), true);
  });

  test("keeps nothing of a tenant that is dropped", async (t) => {
    const library = join(temporaryFolder(), "library");
    const engine = await openTemporary(t, { library, ...unreranked });
    await engine.tenant("acme").put(documents("cisi", 0, 80));
    await engine.put(documents("cisi", 80, 100));
    await engine.monitor.settled();
    const counts = () => {
      const db = new Database(databasePath(library), { readonly: true });
      const count = (sql: string) => db.prepare<[], number>(sql).pluck().get()!;
      const found = {
        sampled: count("SELECT count(*) FROM sampled_chunks"),
        baseline: count("SELECT count(*) FROM baseline_vectors"),
        costs: count("SELECT count(*) FROM embedding_costs WHERE tenant = 'acme'"),
        orphans: count(
          "SELECT count(*) FROM baseline_vectors WHERE document_key NOT IN (SELECT key FROM documents WHERE tenant = '')",
        ),
      };
      db.close();
      return found;
    };
    const cost = (await engine.monitor.cost("tenant")).groups.find(({ name }) => name === "acme");
    assert.ok(cost && cost.texts > 0);
    const before = counts();
    assert.ok(before.baseline >= 64 && before.sampled > 0 && before.costs === 1, JSON.stringify(before));
    await engine.tenant("acme").drop();
    const after = counts();
    assert.deepEqual([after.orphans, after.costs], [0, 0]);
    assert.ok(after.sampled <= 2 * 20, "what is left is of the others");
    assert.equal(
      (await engine.monitor.cost("tenant")).groups.some(({ name }) => name === "acme"),
      false,
    );
  });
});

const few: DocumentInput[] = [
  { id: "keys", text: "Create a new key every ninety days. Retire the old key a day later." },
  { id: "bread", text: "Bread is baked from flour, water, salt and yeast." },
];

test("an alert is told once to program and log, and stands until it is over", async (t) => {
  const told: AlertNews[] = [];
  const listener = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      told.push(JSON.parse(body) as AlertNews);
      response.end();
    });
  }).listen(0, "127.0.0.1");
  t.after(() => listener.close());
  await once(listener, "listening");
  const webhook = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/alerts`;
  const notices: string[] = [];
  const library = join(temporaryFolder(), "library");
  const rule = { id: "latency-high", threshold: 0.000_01, minimumCount: 3, raiseAfterMinutes: 0 };
  const options = { library, crossEncoder: null, monitoring: { webhook, rules: [rule] } };
  const engine = await openTemporary(t, { ...options, onNotice: (notice) => notices.push(notice) });
  await engine.put(few);
  for (let i = 0; i < 3; i++) await engine.search({ query: `keys ${i}` });
  const first = await engine.monitor.overview();
  assert.deepEqual(
    first.alerts.map(({ id, source }) => [id, source]),
    [["latency-high", "queries"]],
  );
  await engine.monitor.overview();
  await engine.close();
  assert.deepEqual(
    told.map(({ kind, id }) => [kind, id]),
    [["raised", "latency-high"]],
  );
  assert.equal(notices.filter((notice) => /Searches are slow/.test(notice)).length, 1);

  const again = await openTemporary(t, options);
  const { alerts, events } = await again.monitor.alerts();
  assert.deepEqual([alerts[0]?.sentence, alerts[0]?.since], [first.alerts[0]!.sentence, first.alerts[0]!.since]);
  assert.equal(events.length, 1);
  await again.close();
  assert.equal(told.length, 1);
});

test("alerts leave this machine on no way", async (t) => {
  for (const webhook of [
    "http://example.com/hook",
    "https://10.0.0.1/",
    "http://127.0.0.1.example.com/",
    "file:///etc",
  ]) {
    await assert.rejects(openTemporary(t, { monitoring: { webhook } }), coded("INVALID_INPUT", /this machine only/));
  }
  await assert.rejects(
    openTemporary(t, { monitoring: { rules: [{ id: "latency-hihg", threshold: 1 }] } }),
    coded("INVALID_INPUT", /There is no alert rule "latency-hihg"/),
  );
});

test("what embedding costs is counted by tenant, with what the cache spares, and added up over openings", async (t) => {
  const library = join(temporaryFolder(), "library");
  const options = { library, ...unreranked };
  const engine = await openTemporary(t, options);
  await engine.put(few);
  await engine.tenant("acme").put(few);
  await engine.search({ query: "keys" });
  await engine.search({ query: "keys" });
  const { groups, hosted } = await engine.monitor.cost("tenant");
  assert.deepEqual(
    groups.map(({ name, texts, savedTexts }) => [name, texts, savedTexts]),
    [
      ["", 3, 1],
      ["acme", 2, 0],
    ],
  );
  assert.ok(hosted.every(({ usd }) => usd > 0));
  await engine.close();
  const again = await openTemporary(t, options);
  await again.remove(["keys"]);
  await again.put(few);
  const after = (await again.monitor.cost("tenant")).groups.find(({ name }) => name === "");
  assert.deepEqual([after?.texts, after?.savedTexts], [3, 2]);
});

test("a library of an earlier format that is only read is watched, and tells that nothing is known yet", async (t) => {
  const library = join(temporaryFolder(), "library");
  cpSync(join(packageRoot, "test", "fixtures", "library-v1"), library, { recursive: true });
  const engine = await openTemporary(t, { library, readOnly: true, crossEncoder: null });
  const { status, embeddings } = await engine.monitor.overview();
  assert.deepEqual([status, embeddings.runs, embeddings.baseline], ["unknown", [], null]);
  assert.deepEqual((await engine.monitor.cost()).groups, []);
  await engine.search({ query: "keys" });
  assert.equal((await engine.monitor.overview()).queries.lastHour.queries, 1);
});
