// Libraries whose vectors are given by the test instead of a model, and the parts of the engine that keep an index of them.

import { mkdirSync } from "node:fs";
import type { TestContext } from "node:test";
import { CodeKeeper } from "../../src/engine/code-keeper.js";
import { GraphKeeper } from "../../src/engine/graph-keeper.js";
import { indexFolder, makeIndexFolder } from "../../src/engine/index-folder.js";
import { LiveIndex } from "../../src/engine/live-index.js";
import { type BatchWritten, openWriter, startReader, type Writer } from "../../src/store/index.js";
import type { CodeOptions } from "../../src/vectors/index.js";
import { batchOf, recipe } from "../store/library-fixture.js";
import { randomFrom, unitVectors, vectorAt } from "../vectors/random-vectors.js";

export const dimensions = 24;
const chunksPerDocument = 100;
const rowsPerBatch = 5000;

/** The vector of a row. */
export const vectorOf = (row: number) => unitVectors(1, dimensions, randomFrom(row));

/** Writes documents of 100 chunks each, the first with row `firstRow`, a multiple of 100. */
export function writeDocuments(writer: Writer, firstRow: number, rows: number): BatchWritten[] {
  const written: BatchWritten[] = [];
  for (let from = firstRow; from < firstRow + rows; from += rowsPerBatch) {
    const to = Math.min(from + rowsPerBatch, firstRow + rows);
    const vectors = new Float32Array((to - from) * dimensions);
    for (let row = from; row < to; row++) vectors.set(vectorOf(row), (row - from) * dimensions);
    const documents = Array.from({ length: (to - from) / chunksPerDocument }, (_, i) => {
      const first = from + i * chunksPerDocument;
      const texts = Array.from({ length: chunksPerDocument }, (_, chunk) => `word${first + chunk}`);
      return { id: `d${first / chunksPerDocument}`, texts };
    });
    written.push(writer.write(batchOf(documents, { vectors })));
  }
  return written;
}

export function makeLibrary(library: string, rows: number): void {
  mkdirSync(library, { recursive: true });
  const writer = openWriter(library);
  writer.generation({ ...recipe, dimensions });
  writeDocuments(writer, 0, rows);
  writer.close();
}

export type OpenedIndex = {
  index: LiveIndex;
  notices: string[];
  /** Plan and rows that a search for a row's own vector takes and finds. */
  search(row: number, plan?: "exact" | "ivf" | "graph"): Promise<{ plan: string; rows: number[]; scores: number[] }>;
  close(): Promise<void>;
};

/** Opens what the engine opens of an index: rows, codes, graph. */
export async function openIndex(
  t: TestContext,
  library: string,
  options: { onDisk?: boolean; readOnly?: boolean; graphFromRows?: number; codes?: Partial<CodeOptions> } = {},
): Promise<OpenedIndex> {
  const { onDisk = false, readOnly = false, graphFromRows = 0, codes } = options;
  const notices: string[] = [];
  const onNotice = (notice: string) => void notices.push(notice);
  const reader = await startReader(library);
  const generation = await reader.call("generation", null);
  const folder = indexFolder(library, generation);
  if (onDisk && !readOnly) await makeIndexFolder(folder);
  const index = await LiveIndex.open(reader, {
    ...{ dimensions, onNotice },
    ...(codes ? { codes } : {}),
    ...(onDisk ? { onDisk: { ...folder, readOnly } } : {}),
  });
  const sequence = () => Math.max(generation.nextRow, index.end);
  const fromRows = codes?.minRows;
  const keeper = new CodeKeeper(index.vectors, {
    ...{ folder, sequence, readOnly, onNotice },
    ...(fromRows === undefined ? {} : { fromRows }),
  });
  await keeper.load();
  const { modelVersion } = generation;
  const graph = new GraphKeeper(index.vectors, { folder, modelVersion, readOnly, fromRows: graphFromRows, onNotice });
  await graph.load();
  let closing: Promise<void> | undefined;
  const close = async () => {
    for (const part of [graph, keeper, index, reader]) await part.close();
  };
  const opened: OpenedIndex = {
    ...{ index, notices },
    async search(row, plan) {
      const found = await index.vectors.search(vectorOf(row), { k: 5, plan });
      return { plan: found.plan.kind, rows: [...found.rows], scores: [...found.scores] };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
  t.after(() => opened.close());
  return opened;
}

/** What an exact search for a row's own vector finds among the first `rows` rows. */
export function nearestTo(row: number, rows: number): number[] {
  const query = vectorOf(row);
  const scores = Array.from({ length: rows }, (_, other) => {
    return vectorAt(vectorOf(other), 0, dimensions).reduce((sum, value, i) => sum + value * query[i]!, 0);
  });
  return Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, 5);
}
