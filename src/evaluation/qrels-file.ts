// TREC qrels: one judgement a line, "query iteration document grade". The iteration is written as 0 and not read. BEIR's, three
// columns with tabs between them under a header, are read as well.

import type { Qrels } from "./summary.js";
import { checkToken, readColumns } from "./trec-columns.js";

const FILE = "A qrels file";

/** The lines of a qrels file. Throws INVALID_INPUT for an id that is empty or has white space in it. */
export function* formatQrels(qrels: Qrels): Generator<string> {
  for (const [queryId, judgements] of qrels) {
    checkToken(queryId, "query id", FILE);
    for (const [id, grade] of judgements) {
      checkToken(id, "document id", FILE);
      yield `${queryId} 0 ${id} ${grade}\n`;
    }
  }
}

/** Reads a qrels file's lines; `file` is its name in errors. Throws INVALID_INPUT with the line at which it fails. */
export function parseQrels(lines: Iterable<string>, file: string): Qrels {
  const qrels = new Map<string, Map<string, number>>();
  const all = [...lines];
  const first = all.find((line) => line.trim() !== "")?.trim() ?? "";
  const isBeir = first.split("\t").length === 3;
  const hasHeader = isBeir && !/\t-?\d{1,6}$/.test(first);
  const names = isBeir ? ["query-id", "corpus-id", "score"] : ["query", "iteration", "document", "grade"];
  let row = 0;
  for (const { columns, refuse } of readColumns(all, file, names)) {
    if (row++ === 0 && hasHeader) continue;
    const [queryId = "", documentId = "", grade = ""] = isBeir ? columns : columns.toSpliced(1, 1);
    if (!/^-?\d{1,6}$/.test(grade)) refuse(`expected a whole number as grade; found "${grade}"`);
    const judgements = qrels.get(queryId) ?? new Map<string, number>();
    if (judgements.has(documentId)) refuse(`document ${documentId} is judged twice for query ${queryId}`);
    qrels.set(queryId, judgements.set(documentId, Number(grade)));
  }
  return qrels;
}
