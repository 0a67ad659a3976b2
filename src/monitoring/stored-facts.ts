// Facts for a diagnosis that the library and its sources alone tell, and probes whose vectors are to be made anew.

import { statSync } from "node:fs";
import { passageOf } from "../documents/index.js";
import { type Facts, lexicalNovelty, textProfile } from "../quality/index.js";
import { probeCache, type Reader, tenantOfId } from "../store/index.js";

/** `remembered`: what the cache has for each passage. */
export type Probes = { passages: string[]; vectors: Float32Array; remembered: (Float32Array | undefined)[] };

export type StoredFacts = Pick<Facts, "texts" | "staleness"> & {
  chunksByPipeline: Record<string, number>;
  /** Stored passages of the newest run, and their vectors as they are stored. */
  probes: Probes;
};

const PROBES = 24;
const COMPARED_TEXTS = 160;
const COMPARED_FILES = 2_000;

/** `run`: whose texts are held against the others; undefined: none has been noted. */
export function storedFacts(
  library: string,
  reader: Reader,
  run: number | undefined,
  random: () => number,
): StoredFacts {
  const sampled = run === undefined ? [] : reader.quality.sampled(run).map(({ row }) => row);
  const rows = sampled.length > 0 ? sampled : reader.quality.drawRows(PROBES, random);
  const staleness = stalenessOf(reader);
  return {
    chunksByPipeline: reader.quality.chunksByPipeline(),
    probes: probesOf(library, reader, rows),
    ...(staleness ? { staleness } : {}),
    ...(sampled.length > 0 ? { texts: textsOf(reader, sampled, random) } : {}),
  };
}

function probesOf(library: string, reader: Reader, rows: readonly number[]): Probes {
  const step = Math.max(1, Math.floor(rows.length / PROBES));
  const chosen = Uint32Array.from(rows.filter((_, i) => i % step === 0).slice(0, PROBES));
  const { rows: found, vectors } = reader.vectors(chosen);
  const chunkOf = new Map(reader.chunks(found).map((chunk) => [chunk.row, chunk]));
  const passages = Array.from(found, (row) => {
    const { title, headingPath, text } = chunkOf.get(row)!;
    return passageOf(title, headingPath, text);
  });
  const { modelVersion } = reader.generation();
  const remembered = passages.map((passage, i) => {
    const [id = ""] = reader.quality.idsOf([chunkOf.get(found[i]!)!.documentKey]);
    return probeCache(library, { tenant: tenantOfId(id), modelVersion, kind: "passage" }, [passage])[0];
  });
  return { passages, vectors, remembered };
}

function textsOf(reader: Reader, sampled: readonly number[], random: () => number): NonNullable<Facts["texts"]> {
  const batch = textsAt(reader, sampled.slice(0, COMPARED_TEXTS));
  const ofBatch = new Set(reader.quality.documentKeys(sampled));
  const baseline = reader.quality.baseline().rows.map(({ documentKey }) => documentKey);
  const known =
    baseline.length > 0 ? baseline : reader.quality.documentKeys(reader.quality.drawRows(COMPARED_TEXTS * 2, random));
  const others = known.filter((key) => !ofBatch.has(key)).slice(0, COMPARED_TEXTS);
  const texts = textsAt(reader, reader.quality.chunkOfEach(others));
  return { batch: textProfile(batch), baseline: textProfile(texts), novelty: lexicalNovelty(texts, batch) };
}

function textsAt(reader: Reader, rows: readonly number[]): string[] {
  return reader.chunks(Uint32Array.from(rows)).map(({ text }) => text);
}

/** Files that differ from what was read of them, of a sample; undefined where the library has none. */
function stalenessOf(reader: Reader): Facts["staleness"] {
  const files = reader.quality.files(COMPARED_FILES);
  if (files.length === 0) return undefined;
  let changed = 0;
  let missing = 0;
  for (const { path, sizeBytes, modifiedAtMs } of files) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) missing++;
    else if (found.size !== sizeBytes || Math.abs(found.mtimeMs - modifiedAtMs) > 1) changed++;
  }
  return { documents: files.length, changed, missing, overdue: 0 };
}

/** The true nearest rows to each of some queries among those that a tenant's search may meet, by a scan of all stored vectors. */
export function nearestRows(reader: Reader, queries: Float32Array, k: number): Uint32Array[] {
  const { dimensions } = reader.generation();
  const count = queries.length / dimensions;
  const best = Array.from({ length: count }, () => ({
    rows: new Uint32Array(k),
    scores: new Float64Array(k).fill(Number.NEGATIVE_INFINITY),
  }));
  const nobodys = new Set(reader.tenantKeys().flatMap(({ keys }) => [...keys]));
  for (let from: number | undefined = 0; from !== undefined; ) {
    const slice = reader.rows(from, 2048);
    slice.rows.forEach((row, i) => {
      if (nobodys.has(slice.documentKeys[i]!)) return;
      const vector = slice.vectors.subarray(i * dimensions, (i + 1) * dimensions);
      for (let query = 0; query < count; query++) {
        let dot = 0;
        for (let d = 0; d < dimensions; d++) dot += queries[query * dimensions + d]! * vector[d]!;
        insert(best[query]!, row, dot);
      }
    });
    from = slice.nextRow;
  }
  return best.map(({ rows, scores }) => rows.filter((_, i) => scores[i]! > Number.NEGATIVE_INFINITY));
}

function insert({ rows, scores }: { rows: Uint32Array; scores: Float64Array }, row: number, score: number): void {
  let at = scores.length - 1;
  if (score <= scores[at]!) return;
  for (; at > 0 && scores[at - 1]! < score; at--) {
    scores[at] = scores[at - 1]!;
    rows[at] = rows[at - 1]!;
  }
  scores[at] = score;
  rows[at] = row;
}
