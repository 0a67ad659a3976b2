// Real text of four domains, embedded by the bundled bi-encoder. The collections lie beside the project and are not part of
// it: tests that need them are skipped where they are absent.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BiEncoder, openBiEncoder, openCatalogue } from "../../src/encoders/index.js";
import { packageRoot } from "../../src/package-root.js";
import { type EmbeddingSample, sampleOf } from "../../src/quality/index.js";
import { seededRandom } from "../../src/quality/random.js";

export const domainNames = ["cranfield", "cisi", "medline", "scifact"] as const;
export type DomainName = (typeof domainNames)[number];

const folder = join(packageRoot, "..", "shared", "data", "eval");

/** Why tests with real text are skipped, or false. */
export const withoutDomains = !existsSync(folder) && `${folder} is absent`;

export const openBundledEncoder = (): Promise<BiEncoder> =>
  openBiEncoder(openCatalogue([join(packageRoot, "models")]).find("bi-encoder"));

/** Documents of a domain (title and text) in a seeded random order: the files themselves are ordered by time. */
export function documentsOf(domain: DomainName, seed = 1): { title: string; text: string }[] {
  const documents = readLines<{ title?: string; text: string }>(domain, "corpus")
    .filter(({ text }) => text.length > 200)
    .map(({ title = "", text }) => ({ title, text }));
  return shuffled(documents, seed);
}

export function queriesOf(domain: DomainName, seed = 1): string[] {
  return shuffled(
    readLines<{ text: string }>(domain, "queries").map(({ text }) => text),
    seed,
  );
}

export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

export async function embedSample(
  encoder: BiEncoder,
  texts: readonly string[],
  kind: "query" | "passage" = "passage",
): Promise<EmbeddingSample> {
  const { vectors } = await encoder.embed(texts, kind);
  return sampleOf(vectors, { dimensions: encoder.dimensions });
}

/** Some rows of a sample, as a sample. */
export function rowsOf({ dimensions, vectors }: EmbeddingSample, from: number, count: number): EmbeddingSample {
  return sampleOf(vectors.slice(from * dimensions, (from + count) * dimensions), { dimensions });
}

/** The best cosine of each query with the documents; `without` names a document that does not count for a query. */
export function bestCosines(
  queries: EmbeddingSample,
  { dimensions, rows, vectors }: EmbeddingSample,
  without: (query: number) => number = () => -1,
): number[] {
  return Array.from({ length: queries.rows }, (_, i) => {
    let best = -1;
    for (let row = 0; row < rows; row++) {
      if (row === without(i)) continue;
      let dot = 0;
      for (let d = 0; d < dimensions; d++) dot += queries.vectors[i * dimensions + d]! * vectors[row * dimensions + d]!;
      best = Math.max(best, dot);
    }
    return best;
  });
}

function readLines<T>(domain: DomainName, file: string): T[] {
  const lines = readFileSync(join(folder, domain, `${file}.jsonl`), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}
