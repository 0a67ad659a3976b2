// Cuts a Markdown text into pieces, so that the parser (1 MB/s) sees only what it is needed for, in bounded time.
//   Headings, fenced code, paragraphs and flat lists with none but simple marks are told apart here: most of usual text.
//   All else goes to the parser, in pieces of some 8 kB: 3.5 MB of README files took it 17 s in one go, 4 s one by one.
//   A paragraph with more than 1,000 marks is taken as plain text: 10,000 times "*a " took the parser 47 s.
//   Indents past 100 columns and more than 50 quotes and lists in one another are flattened: 1,000 lists took 34 s.
// The pieces rendered one by one read like the whole text rendered by the parser (a law in the tests).

import type { Heading } from "../documents/index.js";
import { labelKey, plainInline } from "./markdown-inline.js";

export type MarkdownPiece =
  | { kind: "heading"; level: Heading["level"]; title: string }
  | { kind: "paragraph"; text: string }
  | { kind: "list"; items: string[] }
  | { kind: "code"; source: string }
  | { kind: "markdown"; source: string };

const wantedCharacters = 8 * 1024;
const mostMarks = 1000;

const everyMark = /[`*_[\]<~]/g;
// How a line of a paragraph may begin that no other kind of block begins with.
const plainStart = /^(?:[\p{L}`"'(“‘„«$%@§€]|\d{1,9}[^\d.)]|(\*\*?|__?)[^\s*_]|\[(?![^\]]*\]:))/u;
const plainHeading = /^(#{1,6})[ \t]+([^\s#][^#]*)$/;
const openingFence = /^([ \t>]*)(`{3,}|~{3,})([^`]*|(?<=~)[^\n]*)$/;
const startsBlock =
  /^[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|\||>|#{1,6}[ \t]|<\/?(?:div|p|table|thead|tbody|tr|td|th|ul|ol|li|details|center|h[1-6])[\s>])/i;
const footnoteDefinition = /^[ \t>]*\[(\^[^\][\s]{1,999})\]:/;
/** A link definition that takes one line. Where it may stand depends on the line before. */
const linkDefinition =
  /^[ \t>]*(\[([^\][^\s\\][^\][\\]{0,500})\]:[ \t]*(?:<[^<>]*>|[^\s<]\S*))(?:[ \t]+(?:"[^"\\]*"|'[^'\\]*'|\([^()\\]*\)))?[ \t]*$/;
/** The same where nothing can be doubtful about it. */
const plainDefinition = /^\[[^\][^\s\\][^\][\\]{0,500}\]: ?[^\s<>\\()"'][^\s\\()]*(?: "[^"\\]*")?$/;
// HTML that lasts to the next blank line and may break off a paragraph (CommonMark 0.31, 4.6, kind 6): nothing in it is a
// definition.
const blockHtml =
  /^ {0,3}<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[ \t>]|\/>|$)/i;
const endsItself = /^(?:#{1,6}[ \t]|(?:[-*_][ \t]*){3,}$)/;
const deepIndent = /^[ \t]{101,}/;
const deepContainers =
  /^((?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))){50})(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))+/;
// HTML that reaches over blank lines, and its end.
const longHtml: readonly (readonly [start: RegExp, end: RegExp])[] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![a-z]/i, />/],
];

/** The text of footnote definitions that only stand in for one in another piece; nothing is to be rendered for them. */
export const footnoteStub = "\ue000";

/** The pieces of `text` in order. A piece begins with stand-ins for the definitions that it uses from other pieces. */
export function markdownPieces(text: string): MarkdownPiece[] {
  const first = new Cutter(text, new Map());
  first.cut();
  // The definitions mostly stand at the end: with them known, more paragraphs prove simple.
  const cutter = first.sureDefinitions.size > 0 ? new Cutter(text, first.sureDefinitions) : first;
  const pieces = cutter === first ? first.pieces : cutter.cut();
  const definitions = new Map([...cutter.definitions, ...cutter.sureDefinitions]);
  if (definitions.size === 0 || (pieces.length === 1 && cutter.sureDefinitions.size === 0)) return pieces;
  return pieces.map((piece) =>
    piece.kind === "markdown" ? { ...piece, source: usedDefinitions(piece.source, definitions) + piece.source } : piece,
  );
}

class Cutter {
  readonly #lines: string[];
  readonly pieces: MarkdownPiece[] = [];
  /** Link definitions by label: those taken out of the text, and those in pieces for the parser. */
  readonly sureDefinitions: Map<string, string>;
  readonly definitions = new Map<string, string>();
  /** A definition interrupts no paragraph: whether the next line may be one, and a line that is the rest of one. */
  #mayDefine = true;
  #addressLine = -1;
  #inHtml = false;
  /** Lines for the parser that are not in a piece yet. */
  #waiting: string[] = [];
  #waitingCharacters = 0;
  /** In `#waiting`, where the run of lines begins that could be one paragraph; and its marks. */
  #runStart = 0;
  #runMarks = 0;

  constructor(text: string, sureDefinitions: Map<string, string>) {
    this.#lines = text.split("\n");
    this.sureDefinitions = sureDefinitions;
  }

  cut(): MarkdownPiece[] {
    let blockStart = true;
    for (let index = 0; index < this.#lines.length; ) {
      const line = this.#line(index);
      const plain = blockStart ? this.#takePlain(index) : index;
      if (plain > index) {
        index = plain;
        continue;
      }
      const end = this.#endOfUnbroken(index);
      if (end > index) {
        this.#closeRun();
        for (; index < end; index++) this.#wait(this.#line(index));
        this.#runStart = this.#waiting.length;
        this.#mayDefine = true;
        blockStart = false;
        continue;
      }
      blockStart = line.trim() === "";
      if (blockStart || startsBlock.test(line)) this.#closeRun();
      if (this.#waitingCharacters >= wantedCharacters && this.#mayCutBefore(line)) this.#flush();
      this.#noteDefinition(index);
      this.#runMarks += countMarks(line);
      this.#wait(line.replace(deepIndent, " ".repeat(100)).replace(deepContainers, "$1"));
      index++;
    }
    this.#closeRun();
    this.#flush();
    return this.pieces;
  }

  #line(index: number): string {
    return this.#lines[index] ?? "";
  }

  /** Takes a heading, fenced code or paragraph that needs no parser; answers the line after it, or `index` for none. */
  #takePlain(index: number): number {
    const line = this.#line(index);
    const [, signs = "", words = ""] = plainHeading.exec(line) ?? [];
    const title = plainInline(words, this.sureDefinitions);
    if (signs !== "" && title !== undefined) {
      this.#push({ kind: "heading", level: signs.length as Heading["level"], title });
      return index + 1;
    }
    const fence = openingFence.exec(line);
    if (fence) {
      if (fence[1] !== "") return index;
      const close = this.#closingFence(index, fence);
      if (close === undefined) return index;
      this.#push({ kind: "code", source: this.#lines.slice(index + 1, close).join("\n") });
      return close + 1;
    }
    let end = index;
    while (end < this.#lines.length && this.#line(end).trim() !== "") end++;
    const lines = this.#lines.slice(index, end);
    if (lines.length === 0) return index;
    if (lines.every((one) => plainDefinition.test(one))) {
      // They are known to all pieces that use them, and have no text of their own.
      for (const one of lines) addDefinition(one, this.sureDefinitions);
      this.#closeRun();
      this.#flush();
      return end;
    }
    const piece = this.#plainParagraph(lines) ?? this.#plainList(lines, end);
    if (!piece) return index;
    this.#push(piece);
    return end;
  }

  #plainParagraph(lines: readonly string[]): MarkdownPiece | undefined {
    if (!lines.every(isPlain)) return undefined;
    const text = plainInline(lines.join("\n"), this.sureDefinitions);
    return text === undefined ? undefined : { kind: "paragraph", text };
  }

  /** A list is known to be flat and closed only where no list comes before it, and neither list nor indented text after. */
  #plainList(lines: readonly string[], end: number): MarkdownPiece | undefined {
    const bullet = lines[0]?.[0] ?? "";
    // A table of contents is for the parser's tree to tell.
    if (lines[0]?.includes("](#")) return undefined;
    if (!"-*+".includes(bullet) || this.#waiting.some((line) => line.trim() !== "")) return undefined;
    let after = end;
    while (after < this.#lines.length && this.#line(after).trim() === "") after++;
    if (/^(?:\s|[-*+]|\d)/.test(this.#line(after))) return undefined;
    const items: string[][] = [];
    for (const line of lines) {
      const words = line.slice(2);
      if (!isPlain(words)) return undefined;
      if (line.startsWith(`${bullet} `)) items.push([words]);
      else if (line.startsWith("  ")) items.at(-1)?.push(words);
      else return undefined;
    }
    const texts = items
      .map((item) => plainInline(item.join("\n"), this.sureDefinitions))
      .filter((text) => text !== undefined);
    return texts.length === items.length ? { kind: "list", items: texts } : undefined;
  }

  /** The line after fenced code or long HTML that begins at `index`: blank lines do not end these. `index` for neither. */
  #endOfUnbroken(index: number): number {
    const line = this.#line(index);
    const fence = openingFence.exec(line);
    if (fence) return (this.#closingFence(index, fence) ?? this.#lines.length - 1) + 1;
    const html = line.includes("<") ? longHtml.find(([start]) => start.test(line)) : undefined;
    if (!html) return index;
    let end = index;
    while (end < this.#lines.length && !html[1].test(this.#line(end))) end++;
    return Math.min(end + 1, this.#lines.length);
  }

  #noteDefinition(index: number): void {
    const line = this.#line(index);
    const blank = line.trim() === "";
    const isFootnote = footnoteDefinition.test(line);
    if (blank) this.#inHtml = false;
    else if (blockHtml.test(line)) this.#inHtml = true;
    if (this.#inHtml) return;
    if (blank || isFootnote) this.#mayDefine = true;
    if (!this.#mayDefine || blank || index === this.#addressLine) return;
    const isSplit = /\]:[ \t]*$/.test(line);
    if (isSplit) this.#addressLine = index + 1;
    const whole = isSplit ? `${line} ${this.#line(index + 1).trim()}` : line;
    const isDefinition = addDefinition(whole, this.definitions);
    // The note itself is a paragraph that may go on; headings and rules are over at the end of their line.
    this.#mayDefine = (isDefinition && !isFootnote) || endsItself.test(line);
  }

  #closingFence(index: number, [, indent = "", signs = ""]: RegExpExecArray): number | undefined {
    const sign = signs[0] ?? "";
    const before = /^ {0,3}$/.test(indent) ? " {0,3}" : "[ \\t>]*";
    const closing = new RegExp(`^${before}${sign}{${signs.length},}[ \\t]*$`);
    for (let line = index + 1; line < this.#lines.length; line++) if (closing.test(this.#line(line))) return line;
    return undefined;
  }

  #wait(line: string): void {
    this.#waiting.push(line);
    this.#waitingCharacters += line.length + 1;
  }

  #push(piece: MarkdownPiece): void {
    this.#mayDefine = true;
    this.#closeRun();
    this.#flush();
    this.pieces.push(piece);
  }

  #closeRun(): void {
    if (this.#runMarks > mostMarks) {
      const run = this.#waiting.splice(this.#runStart);
      this.#flush();
      this.pieces.push({ kind: "paragraph", text: run.join("\n") });
    }
    this.#runStart = this.#waiting.length;
    this.#runMarks = 0;
  }

  #flush(): void {
    const source = this.#waiting.join("\n");
    if (source.trim() !== "") this.pieces.push({ kind: "markdown", source });
    this.#waiting = [];
    this.#waitingCharacters = 0;
    this.#runStart = 0;
  }

  /** Headings are borders; without them a blank line before unindented text, and in the end any unindented line. */
  #mayCutBefore(line: string): boolean {
    if (/^#{1,6}[ \t]/.test(line)) return true;
    if (this.#waiting.at(-1)?.trim() === "" && /^[^\s\-*+\d]/.test(line)) return true;
    return this.#waitingCharacters >= 4 * wantedCharacters && /^\S/.test(line);
  }
}

/** Cells count only where there are absurdly many: long tables are no one paragraph. */
function countMarks(line: string): number {
  const cells = line.length > mostMarks ? line.split("|").length : 0;
  return (line.match(everyMark)?.length ?? 0) + (cells > mostMarks / 2 ? cells : 0);
}

function isPlain(line: string): boolean {
  return plainStart.test(line) && !/(?: {2}|\t)$/.test(line);
}

/** Adds the definition in `line`; the first one of a label holds. Answers whether there is one. */
function addDefinition(line: string, definitions: Map<string, string>): boolean {
  const [, footnote] = footnoteDefinition.exec(line) ?? [];
  const [, source, label] = (footnote === undefined ? linkDefinition.exec(line) : undefined) ?? [];
  const key = labelKey(footnote ?? label ?? "");
  if (key === "") return false;
  // Of a footnote only the label counts.
  if (!definitions.has(key)) definitions.set(key, `${source ?? `[${footnote}]: ${footnoteStub}`}\n\n`);
  return true;
}

function usedDefinitions(source: string, definitions: ReadonlyMap<string, string>): string {
  const used = new Set<string>();
  const ownFootnotes = new Set<string>();
  for (const [whole, label = ""] of source.matchAll(/\[([^\][]{1,999})\]:?/g)) {
    const key = labelKey(label);
    if (key.startsWith("^") && whole.endsWith(":")) ownFootnotes.add(key);
    else if (definitions.has(key)) used.add(key);
  }
  const prefix = [...used].map((key) => (ownFootnotes.has(key) ? "" : definitions.get(key))).join("");
  // The rule, which has no text, closes the last footnote: indented text would belong to it.
  return prefix === "" ? "" : `${prefix}***\n\n`;
}
