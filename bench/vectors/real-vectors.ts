// Real vectors: text found on this machine, embedded by the bundled model and kept in the cache folder. Passages are
// paragraphs and windows of 30 words of them, in a fixed random order, so that the first n are a sample of all; queries are
// the questions of the evaluation collections where they are there, otherwise windows that are not among the rows.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BiEncoder, openBiEncoder, openCatalogue } from "../../src/encoders/index.js";
import { packageRoot } from "../../src/package-root.js";
import { collectParagraphs, mulberry32 } from "../corpus.js";
import { rowsIn, type VectorSet, writeVectors } from "./vector-file.js";

const evaluation = join(packageRoot, "..", "shared", "data", "eval");
const windowWords = 30;
const windowStep = 12;
const batch = 256;

/** What a cached file holds, beside it. */
type CacheNote = { model: string; queriesAre: "questions" | "passages" };

export async function realVectors(
  folder: string,
  rows: number,
  queries: number,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<VectorSet> {
  await mkdir(folder, { recursive: true });
  const model = openCatalogue([join(packageRoot, "models")]).find("bi-encoder");
  const { dimensions } = model;
  const name = `real-${model.version.replace(/[^a-z0-9.-]+/gi, "-")}`;
  const paths = {
    rows: join(folder, `${name}-rows.f32`),
    queries: join(folder, `${name}-queries.f32`),
    note: join(folder, `${name}.json`),
  };
  const setOf = (note: CacheNote): VectorSet => ({
    label: `real: passages by ${note.model}, ${note.queriesAre} as queries`,
    source: "real",
    rows: { path: paths.rows, rows, dimensions },
    queries: { path: paths.queries, rows: queries, dimensions },
  });
  // A longer file serves a shorter run: its first rows are the same.
  if ((await rowsIn(paths.rows, dimensions)) >= rows && (await rowsIn(paths.queries, dimensions)) >= queries) {
    return setOf(JSON.parse(await readFile(paths.note, "utf8")) as CacheNote);
  }
  const { passages, questions } = collectText();
  const asked = questions.length >= queries ? questions : passages.slice(rows);
  if (passages.length < rows || asked.length < queries) {
    throw new Error(
      `Text for ${passages.length} passages was found, fewer than ${rows}. Ask for fewer rows, or add --dimensions for synthetic ones.`,
    );
  }
  const encoder = await openBiEncoder(model);
  try {
    await writeVectors(
      paths.rows,
      embedded(encoder, passages.slice(0, rows), "passage", (done) => onProgress(done, rows)),
    );
    await writeVectors(paths.queries, embedded(encoder, asked.slice(0, Math.max(queries, 600)), "query"));
  } finally {
    await encoder.close();
  }
  const note: CacheNote = {
    model: model.manifest.name,
    queriesAre: asked === questions ? "questions" : "passages",
  };
  await writeFile(`${paths.note}.part`, JSON.stringify(note));
  await rename(`${paths.note}.part`, paths.note);
  return setOf(note);
}

async function* embedded(
  encoder: BiEncoder,
  texts: string[],
  kind: "query" | "passage",
  onProgress: (done: number) => void = () => undefined,
): AsyncGenerator<Float32Array> {
  for (let first = 0; first < texts.length; first += batch) {
    yield (await encoder.embed(texts.slice(first, first + batch), kind)).vectors;
    onProgress(Math.min(first + batch, texts.length));
  }
}

function collectText(): { passages: string[]; questions: string[] } {
  const random = mulberry32(1);
  const paragraphs = shuffled(collectParagraphs(), random);
  const windows = paragraphs.flatMap((paragraph) => {
    const words = paragraph.split(" ");
    const starts = Array.from({ length: Math.floor(words.length / windowStep) }, (_, i) => i * windowStep);
    return starts.map((start) => words.slice(start, start + windowWords).join(" "));
  });
  const passages = [...new Set([...paragraphs, ...shuffled(windows, random)])];
  return { passages, questions: shuffled(readQuestions(), random) };
}

function readQuestions(): string[] {
  const collections = existsSync(evaluation) ? readdirSync(evaluation).sort() : [];
  return collections.flatMap((collection) => {
    const path = join(evaluation, collection, "queries.jsonl");
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
    return lines.map((line) => (JSON.parse(line) as { text: string }).text);
  });
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
