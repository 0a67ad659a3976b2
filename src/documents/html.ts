// HTML to plain text, by way of its element tree; the same shape of text as from Markdown.
// The parser is htmlparser2 (cheerio/slim), not the parser of browsers (parse5): it is linear where that one is not.
// 100,000 nested <div> took 55 s there and 2.6 s here; 2,000 times <b id=n><p> took 1.9 GB there and 3 ms here.

import { load } from "cheerio/slim";
import { isBadge } from "./badge.js";
import { contentOf, elementsIn, type HtmlElement, type HtmlNode, isElement, isLeftOut } from "./html-content.js";
import type { Metadata } from "./metadata.js";
import { normaliseLine } from "./normalise.js";
import type { ReadText } from "./parsed-document.js";
import { type Heading, TextBuilder } from "./text-builder.js";

type Step = HtmlNode | (() => void);

const blocks = new Set(
  (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer " +
    "form header hgroup hr html legend main p section summary tbody tfoot thead tr"
  ).split(" "),
);
// A table with any of these in it arranges a page rather than data.
const layoutMarks = new Set("table h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote form section article".split(" "));
const anchorSigns = new Set(["¶", "#", "§", "🔗", "permalink"]);
const metaFields = new Map([
  ["description", "description"],
  ["author", "author"],
  ["og:description", "description"],
  ["article:author", "author"],
]);

/** Reads an HTML page. */
export function readHtml(text: string): ReadText {
  const $ = load(text);
  const document = $.root()[0];
  if (!document) return { text: "", headings: [], codeBlocks: [], metadata: {}, title: undefined, notices: [] };
  const builder = new TextBuilder();
  render(contentOf(document), builder);
  const built = builder.build();
  const head = readHead(document.children);
  const heading = built.headings.find(({ level }) => level === 1);
  return { ...built, metadata: head.metadata, title: head.title ?? heading?.title, notices: [] };
}

/** Renders a fragment of HTML, such as stands in Markdown, into `builder`. */
export function renderHtmlFragment(source: string, builder: TextBuilder): void {
  const document = load(source).root()[0];
  if (document) render(document.children, builder);
}

function readHead(nodes: readonly HtmlNode[]): { title: string | undefined; metadata: Metadata } {
  let title: string | undefined;
  const metadata: Metadata = {};
  for (const { name, attribs, children } of elementsIn(nodes)) {
    if (name === "title" && title === undefined && children.length > 0)
      title = normaliseLine(textOf(children)) || undefined;
    else if (name === "html" && attribs.lang) metadata.lang = normaliseLine(attribs.lang);
    else if (name === "meta") {
      const field = metaFields.get((attribs.name ?? attribs.property ?? "").toLowerCase());
      const content = normaliseLine(attribs.content ?? "");
      if (field && content !== "") metadata[field] ??= content;
    }
  }
  return { title, metadata };
}

function render(nodes: readonly HtmlNode[], builder: TextBuilder): void {
  const steps: Step[] = [...nodes].reverse();
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (typeof step === "function") step();
    else if (step.type === "text") builder.inline(step.data);
    else if (isElement(step)) {
      if (!isLeftOut(step)) visit(step, builder, steps);
    } else if ("children" in step) enter(step.children, steps);
  }
}

function visit(element: HtmlElement, builder: TextBuilder, steps: Step[]): void {
  const { name, attribs, children } = element;
  switch (name) {
    case "h1":
    case "h2":
    case "h3":
    case "h4":
    case "h5":
    case "h6":
      builder.openHeading();
      enter(children, steps, () => builder.closeHeading(Number(name[1]) as Heading["level"]));
      break;
    case "br":
      builder.breakLine();
      break;
    case "pre":
    case "listing":
    case "xmp":
      builder.code(textOf(children));
      break;
    case "ul":
    case "ol":
    case "menu":
    case "dir":
      if (isContents(element)) break;
      builder.openList(true);
      enter(children, steps, () => builder.closeList());
      break;
    case "dl":
      if (!isContents(element)) enterBlock(children, builder, steps);
      break;
    case "li":
      builder.openItem();
      enter(children, steps, () => builder.closeItem());
      break;
    case "table":
      builder.endBlock();
      enter(children, steps, () => builder.closeTable());
      break;
    case "tr":
      visitRow(element, builder, steps);
      break;
    case "td":
    case "th":
      enterBlock(children, builder, steps);
      break;
    case "img":
      if (!isBadge(attribs.src ?? "")) builder.picture(attribs.alt ?? "");
      break;
    case "a":
      if (children.length === 1 && anchorSigns.has(textOf(children).trim().toLowerCase())) return;
      enter(children, steps);
      break;
    default:
      if (blocks.has(name)) enterBlock(children, builder, steps);
      else enter(children, steps);
  }
}

function visitRow(row: HtmlElement, builder: TextBuilder, steps: Step[]): void {
  if (arrangesPage(row)) {
    enterBlock(row.children, builder, steps);
    return;
  }
  builder.endBlock();
  const cells: string[] = [];
  steps.push(() => builder.row(cells));
  for (const cell of row.children.toReversed()) {
    if (!isElement(cell) || isLeftOut(cell)) continue;
    steps.push(() => cells.push(builder.closeCell()));
    enter(cell.children, steps);
    steps.push(() => builder.openCell());
  }
}

/** A table of contents: no words but links to places on the same page. */
function isContents(list: HtmlElement): boolean {
  const waiting: HtmlNode[] = [list];
  let links = 0;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "text") {
      if (/\p{L}/u.test(node.data)) return false;
    } else if (isElement(node)) {
      if (node.name === "a" && node.attribs.href?.startsWith("#")) links++;
      else for (const child of node.children) waiting.push(child);
    }
  }
  return links > 1;
}

function arrangesPage(row: HtmlElement): boolean {
  for (const { name } of elementsIn(row.children)) if (layoutMarks.has(name)) return true;
  return false;
}

function enter(children: readonly HtmlNode[], steps: Step[], leave?: () => void): void {
  if (leave) steps.push(leave);
  for (let index = children.length - 1; index >= 0; index--) {
    const child = children[index];
    if (child) steps.push(child);
  }
}

function enterBlock(children: readonly HtmlNode[], builder: TextBuilder, steps: Step[]): void {
  builder.endBlock();
  enter(children, steps, () => builder.endBlock());
}

/** The text of nodes as it stands, line breaks kept. */
function textOf(nodes: readonly HtmlNode[]): string {
  let text = "";
  const waiting = [...nodes].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "text") text += node.data;
    else if (isElement(node)) {
      if (node.name === "br") text += "\n";
      for (const child of node.children.toReversed()) waiting.push(child);
    }
  }
  return text;
}
