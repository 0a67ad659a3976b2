// Lines of columns between white space, as trec_eval reads them.

import { LodestoneError } from "../errors.js";

export type Columns = {
  columns: string[];
  /** Throws INVALID_INPUT that names file and line. */
  refuse(problem: string): never;
};

/** The columns of each line that is not empty; `names` says which there must be. */
export function* readColumns(lines: Iterable<string>, file: string, names: readonly string[]): Generator<Columns> {
  let line = 0;
  for (const text of lines) {
    line++;
    if (text.trim() === "") continue;
    const at = line;
    const refuse = (problem: string): never => {
      throw new LodestoneError("INVALID_INPUT", `${file}:${at}: ${problem}.`, { detail: { file, line: at } });
    };
    const columns = text.trim().split(/\s+/);
    if (columns.length !== names.length) {
      refuse(`expected ${names.length} columns (${names.join(" ")}); found ${columns.length}`);
    }
    yield { columns, refuse };
  }
}

/** That a text can stand in a column. `file` is what it is written to, at the beginning of a sentence. */
export function checkToken(text: string, what: string, file: string): void {
  if (/^\S+$/.test(text)) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `${file} separates its columns by white space: the ${what} ${JSON.stringify(text)} cannot be written to it.`,
  );
}
