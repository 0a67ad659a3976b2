// Comma- and tab-separated tables: the first row names the columns, every other row is a document. The text is the column
// text, content, body or description; without one, all columns as "name: value" lines. A table of any size is streamed.

import { pipeline, Readable } from "node:stream";
import { type CsvError, type Options, parse } from "csv-parse";
import {
  checkMetadata,
  isSkip,
  type MetadataScalar,
  metadataLimits,
  normalise,
  normaliseLine,
  type Skip,
} from "../documents/index.js";
import { messageOf } from "../errors.js";
import { chooseEncoding, openDecoder } from "./decode.js";
import type { RecordOptions } from "./jsonl.js";
import type { RecordMediaType } from "./media-type.js";
import type { ParsedDocument } from "./parsed-document.js";
import { titleOf } from "./plain-text.js";

type TableType = Exclude<RecordMediaType, "application/x-ndjson">;
type Row = { record: string[]; info: { lines: number } };
type Columns = { names: string[]; text: number; id: number; title: number };

const textNames = ["text", "content", "body", "description"];
const idNames = ["id", "_id"];
const titleNames = ["title", "name"];
// A longer cell is prose: it is searched in the text, and nobody filters by it.
const longestFilterValue = 1000;
const sampleBytes = 64 * 1024;
// Digits, sign, point and exponent and nothing else; a leading zero marks a code, not a count.
const numeric = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Reads a table from a stream of bytes; `path` only names the file in skips. */
export async function* readTable(
  path: string,
  chunks: AsyncIterable<Buffer>,
  mediaType: TableType,
  options: RecordOptions,
): AsyncGenerator<ParsedDocument | Skip> {
  const opened = await open(chunks, mediaType);
  if ("reason" in opened) return yield { path, reason: opened.reason, hint: opened.hint };
  const bad: CsvError[] = [];
  const parser = parse({ ...parserOptions(opened.delimiter, mediaType), max_record_size: options.maxRecordBytes });
  parser.on("skip", (error: CsvError) => bad.push(error));
  pipeline(Readable.from(opened.text, { objectMode: false }), parser, () => {
    // A failure of the source ends the parser with the same error, and the loop below throws it.
  });
  // The parser is ahead of the rows that are read here.
  const takeUpTo = (line: number) => bad.splice(0, bad.filter((error) => lineOf(error) <= line).length);
  let columns: Columns | undefined;
  let line = 1;
  let { notice } = opened;
  try {
    for await (const { record, info } of parser as AsyncIterable<Row>) {
      yield* takeUpTo(info.lines).map((error) => skipOf(path, error));
      const first = line;
      line = info.lines + 1;
      if (columns) {
        const read = documentOf(path, record, columns, first, mediaType, options.fallbackTitle);
        // What was assumed of the file is said once, with its first document.
        if (notice === undefined || isSkip(read)) yield read;
        else yield { ...read, notices: [notice, ...(read.notices ?? [])] };
        if (!isSkip(read)) notice = undefined;
      } else {
        const read = readHeader(record);
        if ("reason" in read) return yield { path, line: first, ...read };
        columns = read;
      }
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    bad.push(error);
  }
  yield* bad.map((error) => skipOf(path, error));
}

type Opened = { text: AsyncIterable<string>; delimiter: string; notice: string | undefined };

/** Chooses the encoding and the delimiter by the beginning of the table. */
async function open(
  chunks: AsyncIterable<Buffer>,
  mediaType: TableType,
): Promise<Opened | { reason: string; hint: string }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const sample: Buffer[] = [];
  for (let bytes = 0; bytes < sampleBytes; ) {
    const next = await iterator.next();
    if (next.done) break;
    sample.push(next.value);
    bytes += next.value.length;
  }
  const first = Buffer.concat(sample);
  const encoding = chooseEncoding(first);
  if (encoding.kind === "refused") return encoding;
  const decode = openDecoder(encoding.label);
  const head = decode(first.subarray(encoding.bomBytes), false);
  async function* text(): AsyncGenerator<string> {
    yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      yield decode(next.value, false);
    }
    yield decode(new Uint8Array());
  }
  const delimiter = mediaType === "text/csv" ? delimiterOf(head) : "\t";
  return { text: text(), delimiter, notice: encoding.notice };
}

/**
 * Spreadsheets of many countries write semicolons or tabs into .csv files: the commonest in the header row it is. In a
 * tie it is not the comma, which names have in them too.
 */
function delimiterOf(head: string): string {
  const header = head.slice(0, 100_000).split(/\r?\n/, 1)[0] ?? "";
  const counts = ["\t", ";", ","].map((sign) => ({ sign, count: header.split(sign).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).sign;
}

function parserOptions(delimiter: string, mediaType: TableType): Options {
  return {
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    // Tab-separated data has no quoting by its definition; a lone quote must not swallow lines.
    quote: mediaType === "text/csv" ? '"' : null,
  };
}

function readHeader(record: readonly string[]): Columns | { reason: string; hint: string } {
  const seen = new Map<string, number>();
  const names = record.map((cell, index) => {
    const name = normaliseLine(unquote(cell)) || `column ${index + 1}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
  const long = names.find((name) => name.length > metadataLimits.keyCharacters);
  if (long !== undefined) {
    return {
      reason: `the first row does not look like names of columns: "${long.slice(0, 60)}..."`,
      hint: "Add a first row that names the columns.",
    };
  }
  const find = (wanted: readonly string[]) => {
    const lower = names.map((name) => name.toLowerCase());
    return wanted.map((name) => lower.indexOf(name)).find((index) => index >= 0) ?? -1;
  };
  return { names, text: find(textNames), id: find(idNames), title: find(titleNames) };
}

function documentOf(
  path: string,
  record: readonly string[],
  columns: Columns,
  line: number,
  mediaType: TableType,
  fallbackTitle: string,
): ParsedDocument | Skip {
  const { names } = columns;
  if (record.length > names.length) {
    const reason = `the row has ${record.length} cells, the first row names ${names.length}`;
    return { path, line, reason, hint: "Put cells that hold the delimiter in double quotes." };
  }
  const cells = names.map((_, index) =>
    normalise(mediaType === "text/csv" ? (record[index] ?? "") : unquote(record[index] ?? "")),
  );
  const joined = columns.text < 0;
  const cellTitle = normaliseLine(cells[columns.title] ?? "");
  const text = joined ? joinCells(names, cells) : cells[columns.text] || cellTitle;
  if (!text)
    return { path, line, reason: "the row has no text", hint: `Fill in its column "${names[columns.text] ?? ""}".` };
  const fields = new Map<string, MetadataScalar>();
  for (const [index, name] of names.entries()) {
    const value = cells[index]?.trim() ?? "";
    if (value === "" || index === columns.text || index === columns.id || index === columns.title) continue;
    if (!joined || value.length <= longestFilterValue) fields.set(name, scalarOf(value));
  }
  const id = cells[columns.id]?.trim();
  try {
    return {
      ...(id ? { id } : {}),
      title:
        cellTitle ||
        ((joined ? cells.find((cell, index) => index !== columns.id && isTitle(cell)) : titleOf(text)) ??
          fallbackTitle),
      text,
      headings: [],
      codeBlocks: [],
      metadata: checkMetadata(Object.fromEntries(fields)),
      mediaType,
      line,
      ...(text.includes("\ufffd")
        ? { notices: ["It holds bytes that are not in the file's encoding, read as U+FFFD."] }
        : {}),
    };
  } catch (error) {
    return { path, line, reason: messageOf(error), hint: "Shorten the row's cells." };
  }
}

function joinCells(names: readonly string[], cells: readonly string[]): string {
  const lines = names.flatMap((name, index) => (cells[index]?.trim() ? [`${name}: ${cells[index]}`] : []));
  return normalise(lines.join("\n"));
}

function isTitle(cell: string): boolean {
  return cell.length <= 120 && !cell.includes("\n") && /\p{L}/u.test(cell);
}

function scalarOf(value: string): MetadataScalar {
  if (!numeric.test(value)) return value;
  const number = Number(value);
  // Longer whole numbers than a double holds are identifiers, and stay exact as strings.
  return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : value;
}

function unquote(cell: string): string {
  return cell.length >= 2 && cell.startsWith('"') && cell.endsWith('"')
    ? cell.slice(1, -1).replaceAll('""', '"')
    : cell;
}

function isCsvError(error: unknown): error is CsvError {
  return (
    error instanceof Error &&
    typeof (error as Partial<CsvError>).code === "string" &&
    /^CSV_/.test((error as CsvError).code)
  );
}

function lineOf(error: CsvError): number {
  const { lines } = error as unknown as { lines?: number };
  return lines ?? 0;
}

function skipOf(path: string, error: CsvError): Skip {
  return {
    path,
    line: lineOf(error),
    reason: `the row cannot be read: ${error.message}`,
    hint: "Check its quotes: a double quote within a quoted cell is written twice.",
  };
}
