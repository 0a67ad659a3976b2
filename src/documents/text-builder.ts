// Builds the plain text of a marked-up document block by block, and notes where its headings and code lie. Markdown and
// HTML are rendered through it, so that both read alike:
//   headings on lines of their own; paragraphs apart by a blank line; list items as "- ", two spaces a level;
//   table rows as one line, cells apart by " | "; code as it stands.
// Every piece is normalised before it is placed, so offsets never shift: normalise(text) === text.

import { normalise, normaliseCharacters, normaliseLine } from "./normalise.js";

export type TextRange = { start: number; end: number };
/** `start` is the offset of the heading's line; the line reads `title`. */
export type Heading = { level: 1 | 2 | 3 | 4 | 5 | 6; title: string; start: number };
export type BuiltText = { text: string; headings: Heading[]; codeBlocks: TextRange[] };

const deepestIndent = 8;

export class TextBuilder {
  readonly #pieces: string[] = [];
  readonly #headings: Heading[] = [];
  readonly #codeBlocks: TextRange[] = [];
  readonly #lists: { tight: boolean }[] = [];
  #length = 0;
  #inline = "";
  #alternative = "";
  /** Line feeds owed before the next block. */
  #gap = 0;
  #marker = "";
  /** Headings and cells are single lines: blocks within them are joined by spaces. */
  #oneLine = 0;

  /** Adds running text to the open block; runs of white space count as one space. */
  inline(text: string): void {
    this.#inline += text.replace(/\s+/g, " ");
  }

  /** The alternative text of a picture. In a heading or cell that has words of its own it would only repeat them. */
  picture(alternative: string): void {
    if (this.#oneLine > 0) this.#alternative += ` ${alternative}`;
    else this.inline(alternative);
  }

  /** A line break within the open block. */
  breakLine(): void {
    this.#inline += this.#oneLine > 0 ? " " : "\n";
  }

  /** Ends the open block: what was added since the last block becomes a paragraph. */
  endBlock(): void {
    if (this.#oneLine > 0) {
      this.#inline += " ";
      return;
    }
    if (this.#inline === "") return;
    const paragraph = normaliseCharacters(this.#inline)
      .replace(/[ \t]+/g, " ")
      .replace(/ ?\n ?/g, "\n")
      .replace(/\n{2,}/g, "\n")
      .trim();
    this.#inline = "";
    if (paragraph !== "") this.#place(this.#marker + paragraph);
  }

  openHeading(): void {
    this.endBlock();
    this.#oneLine++;
  }

  closeHeading(level: Heading["level"]): void {
    this.#oneLine--;
    if (this.#oneLine > 0) return;
    const title = this.#takeLine();
    if (title === "") return;
    this.#gap = Math.max(this.#gap, 2);
    this.#marker = "";
    const start = this.#place(title);
    this.#headings.push({ level, title, start });
    this.#gap = 2;
  }

  code(source: string): void {
    if (this.#oneLine > 0) {
      this.inline(source);
      return;
    }
    this.endBlock();
    const code = normalise(source);
    if (code === "") return;
    this.#marker = "";
    const start = this.#place(code);
    this.#codeBlocks.push({ start, end: start + code.length });
  }

  /** Items of a tight list follow each other without a blank line. */
  openList(tight: boolean): void {
    this.endBlock();
    this.#lists.push({ tight });
  }

  closeList(): void {
    this.endBlock();
    this.#lists.pop();
    this.#marker = "";
    this.#gap = this.#lists.at(-1)?.tight ? 1 : 2;
  }

  openItem(): void {
    this.endBlock();
    const depth = Math.min(Math.max(this.#lists.length, 1), deepestIndent);
    this.#marker = `${"  ".repeat(depth - 1)}- `;
  }

  closeItem(): void {
    this.endBlock();
    this.#marker = "";
  }

  openCell(): void {
    this.endBlock();
    this.#oneLine++;
  }

  /** The text of the cell; empty inside an outer cell or heading, which keeps it. */
  closeCell(): string {
    this.#oneLine--;
    if (this.#oneLine === 0) return this.#takeLine();
    this.#inline += " ";
    return "";
  }

  /** One row of a table. Empty cells are left out. */
  row(cells: readonly string[]): void {
    const line = cells.filter((cell) => cell !== "").join(" | ");
    if (line === "") return;
    this.#marker = "";
    this.#place(line);
    this.#gap = 1;
  }

  closeTable(): void {
    this.endBlock();
    this.#gap = 2;
  }

  get headings(): readonly Heading[] {
    return this.#headings;
  }

  build(): BuiltText {
    this.endBlock();
    return { text: this.#pieces.join(""), headings: this.#headings, codeBlocks: this.#codeBlocks };
  }

  #takeLine(): string {
    const line = normaliseLine(this.#inline) || normaliseLine(this.#alternative);
    this.#inline = "";
    this.#alternative = "";
    return line;
  }

  /** Places a normalised piece after the gap it is owed and answers its offset. */
  #place(piece: string): number {
    const gap = this.#length === 0 ? "" : "\n".repeat(Math.max(this.#gap, 1));
    const start = this.#length + gap.length;
    this.#pieces.push(gap, piece);
    this.#length = start + piece.length;
    this.#marker = "";
    this.#gap = this.#lists.at(-1)?.tight ? 1 : 2;
    return start;
  }
}
