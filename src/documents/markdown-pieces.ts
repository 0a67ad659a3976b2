// Cuts a Markdown text into pieces that the parser takes in bounded time. The parser is faster than the square of its
// input only on small ones: 3.5 MB of README files took 17 s in one go and 4 s file by file; 10,000 unclosed "*a" in a
// paragraph took 47 s, 1,000 nested list levels 34 s. So:
//   a text over 64 kB is cut before headings (else at blank lines before unindented text), never within fenced code;
//   a paragraph with more than 1,000 marks of emphasis, links and code spans is taken as plain text;
//   indents past 100 columns and quotes nested more than 50 deep are flattened.

export type MarkdownPiece = { kind: "markdown" | "plain"; source: string };

const wantedCharacters = 64 * 1024;
const mostMarks = 1000;
const fence = /^[ \t>]*(`{3,}|~{3,})/;
const atxHeading = /^#{1,6}[ \t]/;
const startsBlock = /^[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|\||>|#{1,6}[ \t])/;
const deepIndent = /^[ \t]{101,}/;
const deepQuote = /^(?:[ \t]*>){51,}/;

/** Pieces in order. Link definitions of the whole text are repeated in each piece that uses them. */
export function markdownPieces(text: string): MarkdownPiece[] {
  const pieces = cut(text);
  const large = pieces.length > 1;
  if (!large) return pieces;
  const definitions = linkDefinitions(text);
  return pieces.map((piece) =>
    piece.kind === "plain" ? piece : { ...piece, source: piece.source + usedDefinitions(piece.source, definitions) },
  );
}

function cut(text: string): MarkdownPiece[] {
  const pieces: MarkdownPiece[] = [];
  let lines: string[] = [];
  let characters = 0;
  /** First line of the run of lines that could be one paragraph, and its marks. */
  let runStart = 0;
  let marks = 0;
  let openFence = "";
  const close = (kind: MarkdownPiece["kind"], upTo: number) => {
    const source = lines.slice(0, upTo).join("\n");
    if (source.trim() !== "") pieces.push({ kind, source });
    lines = lines.slice(upTo);
    characters = lines.reduce((sum, line) => sum + line.length + 1, 0);
  };
  const closeRun = () => {
    if (marks > mostMarks) {
      close("markdown", runStart);
      close("plain", lines.length);
    }
    runStart = lines.length;
    marks = 0;
  };
  for (const line of eachLine(text)) {
    const mark = fence.exec(line)?.[1];
    if (openFence !== "") {
      if (mark?.startsWith(openFence) && /^[ \t>]*[`~]+[ \t]*$/.test(line)) openFence = "";
      lines.push(line);
      characters += line.length + 1;
      runStart = lines.length;
      continue;
    }
    const blank = line.trim() === "";
    if (blank || mark || startsBlock.test(line)) closeRun();
    if (characters >= wantedCharacters && canCutBefore(line, lines.at(-1), characters)) {
      close("markdown", lines.length);
      runStart = 0;
    }
    if (mark) openFence = mark;
    const flat = flatten(line);
    if (!mark && !blank) marks += countMarks(flat);
    lines.push(flat);
    characters += flat.length + 1;
  }
  closeRun();
  close("markdown", lines.length);
  return pieces;
}

function* eachLine(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
  }
}

function canCutBefore(line: string, previous: string | undefined, characters: number): boolean {
  if (atxHeading.test(line)) return true;
  // Without headings in sight: any blank line will do that no list item or indented code reaches over.
  return characters >= 2 * wantedCharacters && previous?.trim() === "" && /^[^\s\-*+\d]/.test(line);
}

function flatten(line: string): string {
  return line.replace(deepIndent, " ".repeat(100)).replace(deepQuote, ">".repeat(50));
}

function countMarks(line: string): number {
  let marks = 0;
  for (let index = 0; index < line.length; index++) {
    // * _ ~ ` [ ] < !
    switch (line.charCodeAt(index)) {
      case 42:
      case 95:
      case 126:
      case 96:
      case 91:
      case 93:
      case 60:
        marks++;
    }
  }
  return marks;
}

function linkDefinitions(text: string): Map<string, string> {
  const definitions = new Map<string, string>();
  for (const match of text.matchAll(/^ {0,3}\[([^\]\n]{1,999})\]:[ \t]*\S.*$/gm)) {
    const label = match[1]?.toLowerCase() ?? "";
    if (!definitions.has(label)) definitions.set(label, match[0]);
  }
  return definitions;
}

function usedDefinitions(source: string, definitions: ReadonlyMap<string, string>): string {
  const used = new Set<string>();
  for (const match of source.matchAll(/\[([^\][\n]{1,999})\]/g)) {
    const label = match[1]?.toLowerCase() ?? "";
    if (definitions.has(label)) used.add(label);
  }
  if (used.size === 0) return "";
  return `\n\n${[...used].map((label) => definitions.get(label)).join("\n")}`;
}
