import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type BiEncoder, openTokenizer } from "../../src/encoders/index.js";
import {
  type Cause,
  calibrateHealthSteps,
  compareRanks,
  compareReembedding,
  cosineDistance,
  diagnose,
  type EmbeddingSample,
  embeddingHealthSteps,
  type Facts,
  finish,
  type HealthCalibration,
  lexicalNovelty,
  meanVector,
  textProfile,
} from "../../src/quality/index.js";
import {
  bestCosines,
  documentsOf,
  embedSample,
  openBundledEncoder,
  queriesOf,
  rowsOf,
  withoutDomains,
} from "./domains.js";

// One library (information science), its newest batch, its queries. Each test plants one fault and gathers all facts again,
// as the engine would, from real vectors; the fault must come out first.

const documentsInBaseline = 160;
const documentsInBatch = 64;
const probes = 24;

describe("planted faults", { skip: withoutDomains }, () => {
  let encoder: BiEncoder;
  let titles: string[];
  let texts: string[];
  let batchTexts: string[];
  let baseline: EmbeddingSample;
  let calibration: HealthCalibration | undefined;
  let ownQueries: EmbeddingSample;
  let foreignQueries: EmbeddingSample;
  let titleQueries: EmbeddingSample;
  /** Best cosines of titles with other documents than their own. */
  let titleScores: number[];

  const embed = (list: readonly string[], kind: "query" | "passage" = "passage") => embedSample(encoder, list, kind);

  before(async () => {
    encoder = await openBundledEncoder();
    const documents = documentsOf("cisi").slice(0, documentsInBaseline + documentsInBatch);
    titles = documents.map(({ title }) => title).slice(0, documentsInBaseline);
    const all = documents.map(({ title, text }) => `${title}. ${text}`);
    texts = all.slice(0, documentsInBaseline);
    batchTexts = all.slice(documentsInBaseline);
    baseline = await embed(texts);
    calibration = finish(calibrateHealthSteps(baseline, { replicates: 600, maxRows: documentsInBatch }));
    ownQueries = await embed(queriesOf("cisi").slice(0, 50), "query");
    foreignQueries = await embed([...queriesOf("medline"), ...queriesOf("cranfield").slice(0, 30)], "query");
    titleQueries = await embed(titles.slice(0, 60), "query");
    titleScores = bestCosines(titleQueries, baseline, (query) => query);
  });
  after(() => encoder?.close());

  /** Facts of a library without a fault, but for what is handed in. */
  async function gather(
    planted: {
      /** Texts of the newest batch as they are stored, and what the model was given to make the vectors. */
      batch?: string[];
      embedded?: string[];
      queries?: EmbeddingSample;
      facts?: Partial<Facts>;
    } = {},
  ): Promise<Facts> {
    const batch = planted.batch ?? batchTexts;
    const vectors = await embed(planted.embedded ?? batch);
    const intended = await embed(batch.slice(0, probes));
    const log = planted.queries ?? ownQueries;
    const calm = {
      passages: compareReembedding({
        dimensions: encoder.dimensions,
        stored: rowsOf(vectors, 0, probes).vectors,
        asIntended: intended.vectors,
      }),
      truncation: lengths([...texts, ...batch], 512),
      recall: { plan: "exact", wanted: 0.95, sought: 500, found: 500 },
    };
    return {
      nowMs: 1_000_000_000,
      ingest: {
        finishedMs: 1_000_000_000 - 7_200_000,
        written: batch.length,
        failed: 0,
        libraryDocuments: texts.length + batch.length,
      },
      versions: {
        model: encoder.model.version,
        pipeline: "1",
        chunksByModel: { [encoder.model.version]: texts.length + batch.length },
        chunksByPipeline: { 1: texts.length + batch.length },
      },
      staleness: { documents: texts.length, changed: 0, missing: 0, overdue: 0 },
      cache: { entries: 100, lookups: 200, hits: 90, probes: 24, mismatches: 0 },
      batch: finish(embeddingHealthSteps(baseline, vectors, { calibration, permutations: 99 })),
      texts: {
        batch: textProfile(batch),
        baseline: textProfile(texts),
        novelty: lexicalNovelty(texts, batch),
      },
      queryLog: {
        topScores: compareRanks(bestCosines(log, baseline), titleScores),
        meanDistance: cosineDistance(meanVector(log), meanVector(baseline)),
        knownItemMeanDistance: cosineDistance(meanVector(titleQueries), meanVector(baseline)),
      },
      ...calm,
      ...planted.facts,
    };
  }

  function lengths(list: readonly string[], maxTokens: number): NonNullable<Facts["truncation"]> {
    const tokenizer = openTokenizer(encoder.model);
    const truncated = list.filter((text) => tokenizer.count(text) > maxTokens).length;
    return { texts: list.length, truncated, maxTokens };
  }

  function assertNamed(facts: Facts, cause: Cause, command: RegExp): void {
    const { causes, sentence, findings } = diagnose(JSON.parse(JSON.stringify(facts)));
    const report = causes.map(({ cause: name, belief }) => `${name} ${belief.toFixed(2)}`).join(", ");
    assert.equal(causes[0]?.cause, cause, report);
    assert.ok(causes[0]!.belief >= 0.6 && (causes[1]?.belief ?? 0) < causes[0]!.belief - 0.1, report);
    assert.ok(causes[0]!.evidence.length > 0);
    assert.match(sentence, command);
    assert.equal(findings.length, 16);
  }

  test("without a fault no cause is named", async () => {
    const facts = await gather();
    const { causes, sentence, findings } = diagnose(facts);
    assert.deepEqual(causes, [], JSON.stringify(causes));
    assert.match(sentence, /^Nothing found that explains bad answers\. 12 of 16 checks had facts to go by\.$/);
    assert.ok(findings.every(({ status }) => status !== "suspicious"));
  });

  test("a batch of another domain", async () => {
    const batch = documentsOf("medline").slice(0, documentsInBatch);
    const facts = await gather({ batch: batch.map(({ text }) => text) });
    assertNamed(facts, "foreign-domain", /lodestone index --library/);
  });

  test("markup left in the texts", async () => {
    const batch = batchTexts.map((text) => {
      const paragraphs = text.split(". ").map((sentence) => `<p class="body-text"><span>${sentence}.</span></p>`);
      return `<html><head><meta charset="utf-8"/></head><body><div class="content">${paragraphs.join("")}</div></body></html>`;
    });
    const facts = await gather({ batch });
    assertNamed(facts, "altered-preprocessing", /index --force <the batch's files>/);
    assert.notEqual(facts.batch?.status, "healthy", "the vectors have moved as well");
  });

  test("texts in capitals, which this model does not mind, are named with less belief", async () => {
    const facts = await gather({ batch: batchTexts.map((text) => text.toUpperCase()) });
    const { causes } = diagnose(facts);
    assert.equal(causes[0]?.cause, "altered-preprocessing");
    assert.ok(causes[0]!.belief < 0.5);
    assert.equal(facts.batch?.status, "healthy");
  });

  test("passages that were embedded with the query's prefix", async () => {
    const embedded = batchTexts.map((text) => `query: ${text}`);
    const probed = batchTexts.slice(0, probes);
    const passages = compareReembedding({
      dimensions: encoder.dimensions,
      stored: (await embed(embedded.slice(0, probes))).vectors,
      asIntended: (await embed(probed.map((text) => `passage: ${text}`))).vectors,
      otherPrefix: (await embed(probed.map((text) => `query: ${text}`))).vectors,
    });
    assertNamed(await gather({ embedded, facts: { passages } }), "swapped-prefixes", /models import/);
  });

  test("queries that were embedded with the passage's prefix", async () => {
    const queries = queriesOf("cisi").slice(0, probes);
    const queryVectors = compareReembedding({
      dimensions: encoder.dimensions,
      stored: (await embed(queries.map((text) => `passage: ${text}`))).vectors,
      asIntended: (await embed(queries.map((text) => `query: ${text}`))).vectors,
      otherPrefix: (await embed(queries.map((text) => `passage: ${text}`))).vectors,
    });
    assertNamed(await gather({ facts: { queryVectors } }), "swapped-prefixes", /models import/);
  });

  test("a model that reads only the beginning of texts", async () => {
    const maxTokens = 24;
    const beginning = (text: string) => text.split(" ").slice(0, maxTokens).join(" ");
    const probed = batchTexts.slice(0, probes);
    const stored = (await embed(probed.map(beginning))).vectors;
    // Embedded again, the texts are cut again.
    const facts = await gather({
      embedded: batchTexts.map(beginning),
      facts: {
        truncation: lengths(batchTexts, maxTokens),
        passages: compareReembedding({ dimensions: encoder.dimensions, stored, asIntended: stored }),
      },
    });
    assertNamed(facts, "truncated-input", /--max-tokens/);
    // Nobody counted tokens, and the model reads on by now: the stored vectors alone tell.
    const passages = compareReembedding({
      dimensions: encoder.dimensions,
      stored,
      asIntended: (await embed(probed)).vectors,
      heads: await Promise.all(
        [2, 4, 8].map(async (part) => (await embed(probed.map((text) => text.slice(0, text.length / part)))).vectors),
      ),
    });
    const { truncation: _, ...others } = facts;
    assertNamed({ ...others, passages }, "truncated-input", /--max-tokens/);
  });

  test("documents that have changed since they were indexed", async () => {
    // The sources now: every third document has been rewritten.
    const sources = texts.map((text, i) => (i % 3 === 0 ? `${texts[(i + 1) % texts.length]} ${text.slice(40)}` : text));
    const changed = sources.filter((source, i) => source !== texts[i]).length;
    const facts = await gather({ facts: { staleness: { documents: texts.length, changed, missing: 0, overdue: 0 } } });
    assertNamed(facts, "stale-documents", /lodestone index <folder>/);
  });

  test("queries of another domain", async () => {
    const facts = await gather({ queries: foreignQueries });
    assertNamed(facts, "query-domain", /folder with what is asked for/);
  });

  test("codes that are too coarse for the recall that is wanted", async () => {
    // One bit for each of the first 64 dimensions, nothing rescored.
    const codes = (vectors: Float32Array) => Array.from({ length: 64 }, (_, d) => Math.sign(vectors[d]!));
    const corpus = Array.from({ length: baseline.rows }, (_, row) => rowsOf(baseline, row, 1).vectors);
    const coded = corpus.map(codes);
    const nearest = (a: ArrayLike<number>, all: ArrayLike<number>[]) =>
      all
        .map((b, row) => ({ row, distance: cosineDistance(a, b) }))
        .sort((x, y) => x.distance - y.distance)
        .slice(0, 10)
        .map(({ row }) => row);
    let found = 0;
    for (let i = 0; i < ownQueries.rows; i++) {
      const query = rowsOf(ownQueries, i, 1).vectors;
      const truth = new Set(nearest(query, corpus));
      const fast = nearest(codes(query), coded);
      found += fast.filter((row) => truth.has(row)).length;
    }
    const recall = { plan: "1-bit codes of 64 dimensions", wanted: 0.95, sought: 10 * ownQueries.rows, found };
    assertNamed(await gather({ facts: { recall } }), "coarse-quantization", /--vector-format float32/);
  });

  test("vectors of two models side by side", async () => {
    const { version } = encoder.model;
    const versions = {
      model: version,
      pipeline: "1",
      chunksByModel: { [version]: 160, "other@1": 64 },
      chunksByPipeline: { 1: 224 },
    };
    const { dimensions } = encoder;
    // Another model's axes mean something else.
    const reversed = baseline.vectors.slice(0, documentsInBatch * dimensions).reverse();
    const batch = finish(
      embeddingHealthSteps(baseline, { ...rowsOf(baseline, 0, documentsInBatch), vectors: reversed }, { calibration }),
    );
    assert.equal(batch.status, "critical");
    assertNamed(await gather({ facts: { versions, batch } }), "mixed-versions", /migrate start/);
  });
});
