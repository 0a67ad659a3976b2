// Writes a collection in BEIR layout into a folder of its own.

import { createWriteStream } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { LodestoneError } from "../../errors.js";
import {
  type BeirDocument,
  type BeirQuery,
  formatBeirCorpus,
  formatBeirQrels,
  formatBeirQueries,
  type Qrels,
} from "../../evaluation/index.js";
import { writeLines } from "./run-files.js";

/** Makes the folder, or takes an empty one. Throws FOLDER_NOT_EMPTY. */
export async function claimFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length === 0) return;
  throw new LodestoneError(
    "FOLDER_NOT_EMPTY",
    `${folder} is not empty. Name a folder that is, or one that does not exist.`,
    {
      detail: { folder },
    },
  );
}

export async function writeCorpus(folder: string, documents: AsyncIterable<BeirDocument>): Promise<void> {
  const lines = async function* () {
    for await (const document of documents) yield* formatBeirCorpus([document]);
  };
  await pipeline(Readable.from(lines()), createWriteStream(join(folder, "corpus.jsonl")));
}

export async function writeJudgements(
  folder: string,
  queries: readonly BeirQuery[],
  splits: Readonly<Record<string, Qrels>>,
): Promise<void> {
  await writeLines(join(folder, "queries.jsonl"), formatBeirQueries(queries));
  for (const [split, qrels] of Object.entries(splits)) {
    await writeLines(join(folder, "qrels", `${split}.tsv`), formatBeirQrels(qrels));
  }
}
