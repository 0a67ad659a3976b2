// A table before it is Markdown or HTML.

export type Table = {
  title: string;
  /** What a reader has to know to read it; plain text. */
  note?: string;
  columns: readonly Column[];
  rows: readonly Row[];
};

export type Column = { name: string; kind: "text" | "number" };
export type Row = { kind: "ours" | "peer"; cells: readonly string[] };

export const text = (name: string): Column => ({ name, kind: "text" });
export const number = (name: string): Column => ({ name, kind: "number" });

/** A table as GitHub knows it, its columns as wide in the text as their widest cell. A bar inside a cell would end it. */
export function tableMarkdown({ title, note, columns, rows }: Table): string {
  const lines = [columns.map(({ name }) => name), ...rows.map(({ cells }) => cells)].map((cells) =>
    cells.map((cell) => cell.replaceAll("|", "\\|")),
  );
  const widths = columns.map((_, i) => Math.max(3, ...lines.map((cells) => cells[i]?.length ?? 0)));
  const padded = (cells: readonly string[]) =>
    widths.map((width, i) => (columns[i]?.kind === "number" ? cells[i]?.padStart(width) : cells[i]?.padEnd(width)));
  const rule = widths.map((width, i) =>
    columns[i]?.kind === "number" ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  const [head = [], ...body] = lines.map(padded);
  return [
    `**${title}**`,
    "",
    ...(note === undefined ? [] : [note, ""]),
    ...[head, rule, ...body].map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n");
}
