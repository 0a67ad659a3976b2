// Compares exported models, as the engine runs them in Node, with what Python computed: token ids, vectors, logits.
// After `npm run build`:  node models/training/validate.js BI_FOLDER CE_FOLDER SAMPLES.json
// SAMPLES.json is written by make_samples.py. Exit code 1 where they differ by more than rounding.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openBiEncoder, openCatalogue, openCrossEncoder, openTokenizer } from "../../dist/src/encoders/index.js";

const [biFolder, ceFolder, samplesPath] = process.argv.slice(2).map((path) => resolve(path));
const samples = JSON.parse(readFileSync(samplesPath, "utf8"));
const folder = mkdtempSync(join(tmpdir(), "lodestone-validate-"));
const catalogue = openCatalogue([folder]);
// An int8 table is off by about 1/254 of each row's largest number.
const tolerances = {
  "model.onnx": { cosine: 1e-5, logit: 1e-4 },
  "model_quantized.onnx": { cosine: 1e-3, logit: 0.05 },
};
let failures = 0;

function report(what, found, passes) {
  if (!passes) failures++;
  process.stdout.write(`${passes ? "ok  " : "FAIL"} ${what}: ${found}\n`);
}

async function eachGraph(source, fields, check) {
  for (const [modelFile, tolerance] of Object.entries(tolerances)) {
    const model = await catalogue.importFolder(source, { modelFile, fields, replace: true });
    await check(model, modelFile, tolerance);
  }
}

const rerank = { depth: 50, logitWeight: 1, firstStageWeight: 2, maxQueryTokens: 64, maxPassageTokens: 256 };
try {
  await eachGraph(biFolder, {}, async (model, modelFile, { cosine: allowed }) => {
    const tokenizer = openTokenizer(model);
    const same = samples.tokens.filter(([text, ids]) => {
      const found = tokenizer.encode(text, { maxTokens: 1e9 }).ids.slice(1, -1);
      return found.length === ids.length && found.every((id, index) => id === ids[index]);
    });
    report("token ids", `${same.length} of ${samples.tokens.length} texts`, same.length === samples.tokens.length);
    const encoder = await openBiEncoder(model);
    const texts = samples.vectors.map(([text]) => text);
    const { vectors } = await encoder.embed(texts, "passage");
    let worst = 0;
    samples.vectors.forEach(([, expected], row) => {
      const start = row * encoder.dimensions;
      const cosine = expected.reduce((sum, value, d) => sum + value * vectors[start + d], 0);
      worst = Math.max(worst, 1 - cosine);
    });
    report(`bi-encoder ${modelFile}`, `largest 1 - cosine ${worst.toExponential(2)}`, worst < allowed);
    await encoder.close();
  });
  await eachGraph(ceFolder, { rerank }, async (model, modelFile, { logit: allowed }) => {
    const encoder = await openCrossEncoder(model);
    let worst = 0;
    for (const [query, passage, expected] of samples.pairs) {
      const [logit] = await encoder.score(query, [passage]);
      worst = Math.max(worst, Math.abs(logit - expected));
    }
    report(`cross-encoder ${modelFile}`, `largest difference ${worst.toExponential(2)}`, worst < allowed);
    await encoder.close();
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
