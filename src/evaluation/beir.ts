// Reads a collection in BEIR layout: corpus.jsonl {_id, title, text}, queries.jsonl {_id, text} and qrels/SPLIT.tsv
// (query-id, corpus-id, score under a header). Queries and judgements are held in memory, the corpus streams.

import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";
import type { Qrels } from "./summary.js";

export type BeirDocument = { id: string; title: string; text: string };
export type BeirQuery = { id: string; text: string };

export type BeirCollection = {
  /** Name of the folder. */
  name: string;
  split: string;
  /** The documents, in the order of the file. Throws INVALID_INPUT at a line that is none, or whose id stood before. */
  documents(): AsyncGenerator<BeirDocument>;
  /** The queries that have judgements in this split, in the order of the file. */
  queries: BeirQuery[];
  /** Judgements in the order of `queries`. */
  qrels: Qrels;
};

/**
 * Opens the collection in `folder`. Throws PATH_NOT_FOUND for a file that is missing and INVALID_INPUT, with file and
 * line, for one that is not as it should be.
 */
export async function openBeirCollection(folder: string, split = "test"): Promise<BeirCollection> {
  const corpusPath = join(folder, "corpus.jsonl");
  const queriesPath = join(folder, "queries.jsonl");
  const qrelsPath = join(folder, "qrels", `${split}.tsv`);
  const allQueries = await readQueries(queriesPath);
  const judgements = await readQrels(qrelsPath, new Set(allQueries.map(({ id }) => id)), queriesPath);
  const queries = allQueries.filter(({ id }) => judgements.has(id));
  if (queries.length === 0) refuse(qrelsPath, 1, "expected judgements; found none");
  await access(corpusPath).catch((error: unknown) => {
    throw explain(error, corpusPath);
  });
  return {
    name: basename(resolve(folder)),
    split,
    documents: () => readDocuments(corpusPath),
    queries,
    qrels: new Map(queries.map(({ id }) => [id, judgements.get(id)!])),
  };
}

async function* readDocuments(path: string): AsyncGenerator<BeirDocument> {
  const seen = new Set<string>();
  for await (const { line, lineNumber } of readLines(path)) {
    const record = parseRecord(line, path, lineNumber);
    if (!record) continue;
    const id = idOf(record, path, lineNumber, seen);
    const title = textOf(record, "title", path, lineNumber) ?? "";
    yield { id, title, text: requiredText(record, path, lineNumber) };
  }
}

async function readQueries(path: string): Promise<BeirQuery[]> {
  const seen = new Set<string>();
  const queries: BeirQuery[] = [];
  for await (const { line, lineNumber } of readLines(path)) {
    const record = parseRecord(line, path, lineNumber);
    if (record)
      queries.push({ id: idOf(record, path, lineNumber, seen), text: requiredText(record, path, lineNumber) });
  }
  return queries;
}

async function readQrels(path: string, queryIds: ReadonlySet<string>, queriesPath: string) {
  const qrels = new Map<string, Map<string, number>>();
  for await (const { line, lineNumber } of readLines(path)) {
    if (line === "") continue;
    const columns = line.split("\t");
    const [queryId = "", documentId = "", grade = ""] = columns;
    if (columns.length !== 3) {
      const expected = "expected 3 columns with tabs between them (query-id, corpus-id, score)";
      refuse(path, lineNumber, `${expected}; found ${columns.length}`);
    }
    if (!/^-?\d{1,6}$/.test(grade)) {
      if (lineNumber === 1) continue;
      refuse(path, lineNumber, `expected a whole number as score; found "${grade}"`);
    }
    if (!queryIds.has(queryId)) refuse(path, lineNumber, `query "${queryId}" is not in ${queriesPath}`);
    const judgements = qrels.get(queryId) ?? new Map<string, number>();
    if (judgements.has(documentId)) {
      refuse(path, lineNumber, `document "${documentId}" is judged twice for query "${queryId}"`);
    }
    qrels.set(queryId, judgements.set(documentId, Number(grade)));
  }
  return qrels;
}

// Lines without their ends, numbered from 1; a byte order mark is no part of the first.
async function* readLines(path: string): AsyncGenerator<{ line: string; lineNumber: number }> {
  let lineNumber = 0;
  let rest = "";
  const numbered = (text: string) => {
    lineNumber++;
    return { line: (lineNumber === 1 ? text.replace(/^\ufeff/, "") : text).replace(/\r$/, ""), lineNumber };
  };
  try {
    for await (const chunk of createReadStream(path, "utf8")) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield numbered(line);
    }
  } catch (error) {
    throw explain(error, path);
  }
  if (rest !== "") yield numbered(rest);
}

type JsonRecord = { readonly _id?: unknown; readonly title?: unknown; readonly text?: unknown };

function parseRecord(line: string, path: string, lineNumber: number): JsonRecord | undefined {
  if (line.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    refuse(path, lineNumber, `expected a JSON object; ${messageOf(error)}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonRecord;
  return refuse(path, lineNumber, "expected a JSON object; found another value");
}

function idOf(record: JsonRecord, path: string, lineNumber: number, seen: Set<string>): string {
  const id = typeof record._id === "number" ? String(record._id) : record._id;
  if (typeof id !== "string" || id === "") return refuse(path, lineNumber, 'expected an "_id"; found none');
  if (seen.has(id)) refuse(path, lineNumber, `the id "${id}" stood on an earlier line`);
  seen.add(id);
  return id;
}

function textOf(record: JsonRecord, field: "title" | "text", path: string, lineNumber: number): string | undefined {
  const value = record[field] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  return refuse(path, lineNumber, `expected a text as "${field}"; found ${typeof value}`);
}

function requiredText(record: JsonRecord, path: string, lineNumber: number): string {
  return textOf(record, "text", path, lineNumber) ?? refuse(path, lineNumber, 'expected a "text"; found none');
}

function refuse(path: string, line: number, problem: string): never {
  throw new LodestoneError("INVALID_INPUT", `${path}:${line}: ${problem}.`, { detail: { path, line } });
}

function explain(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof LodestoneError || code === undefined) return error;
  if (code !== "ENOENT" && code !== "ENOTDIR") {
    return new LodestoneError("FILE_UNREADABLE", `${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
      detail: { path },
    });
  }
  return new LodestoneError(
    "PATH_NOT_FOUND",
    `${path} does not exist. A collection in BEIR layout has corpus.jsonl, queries.jsonl and qrels/test.tsv (or another split).`,
    { cause: error, detail: { path } },
  );
}
