// Markdown (CommonMark and GFM) to plain text, by way of its syntax tree. Kept: headings, paragraphs, list items, code,
// table rows, the words of links, alternative texts. Dropped: addresses of links, badges, comments, HTML tags.

import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { isBadge } from "./badge.js";
import { takeFrontMatter } from "./front-matter.js";
import { renderHtmlFragment } from "./html.js";
import { footnoteStub, type MarkdownPiece, markdownPieces } from "./markdown-pieces.js";
import type { ReadText } from "./parsed-document.js";
import { type BuiltText, TextBuilder } from "./text-builder.js";

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root | Root["children"][number];
type Step = Node | (() => void);
type Addresses = ReadonlyMap<string, string>;

const alert = /^\[!(note|tip|important|warning|caution)\]\s*/i;
const parseOptions = {
  extensions: [withoutAutolinks(gfm())],
  mdastExtensions: gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] })),
};

/**
 * A bare address reads the same whether it is a link or not, and looking for them takes a third of the parser's time.
 * (The tree transforms, left out above, look for nothing else, and are recursive.)
 */
function withoutAutolinks(extension: ReturnType<typeof gfm>): ReturnType<typeof gfm> {
  const text = Object.entries(extension.text ?? {}).flatMap(([code, constructs]) => {
    const kept = [constructs ?? []].flat().filter(({ name }) => !name?.endsWith("Autolink"));
    return kept.length === 0 ? [] : [[code, kept] as const];
  });
  return { ...extension, text: Object.fromEntries(text) };
}

/** Reads Markdown with its front matter. `text` has line feeds as line ends. */
export function readMarkdown(text: string): ReadText {
  const { body, metadata, title, notice } = takeFrontMatter(text);
  const builder = new TextBuilder();
  for (const piece of markdownPieces(body)) renderPiece(piece, builder);
  const built = builder.build();
  return {
    ...built,
    metadata,
    title: title ?? titleOf(built),
    notices: notice === undefined ? [] : [notice],
  };
}

// The first heading of level 1. Where nothing but the only section follows it, it is the name of a product that stands on
// each of its pages, and the section's name says what this page is about.
function titleOf({ text, headings }: BuiltText): string | undefined {
  const top = headings.find(({ level }) => level === 1);
  const [section, ...others] = headings.filter(({ level }) => level <= 2 && level !== top?.level);
  if (!top || !section || others.length > 0) return top?.title;
  const between = text.slice(top.start, section.start).trim();
  return between === top.title ? `${top.title}: ${section.title}` : top.title;
}

function renderPiece(piece: MarkdownPiece, builder: TextBuilder): void {
  switch (piece.kind) {
    case "heading":
      builder.openHeading();
      builder.inline(piece.title);
      builder.closeHeading(piece.level);
      break;
    case "paragraph":
      builder.endBlock();
      builder.inline(piece.text);
      builder.endBlock();
      break;
    case "list":
      builder.openList(true);
      for (const item of piece.items) {
        builder.openItem();
        builder.inline(item);
        builder.closeItem();
      }
      builder.closeList();
      break;
    case "code":
      builder.code(piece.source);
      break;
    case "markdown":
      renderMarkdown(piece.source, builder);
      break;
    default:
      piece satisfies never;
  }
}

/** Parses `source` as a whole and renders it into `builder`. */
export function renderMarkdown(source: string, builder: TextBuilder): void {
  render(fromMarkdown(source, parseOptions), builder);
}

/** Walks the tree with a stack of its own, for a text may nest deeper than the call stack. */
function render(root: Root, builder: TextBuilder): void {
  const addresses = collectAddresses(root);
  const steps: Step[] = [root];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (typeof step === "function") step();
    else visit(step, builder, steps, addresses);
  }
}

function visit(node: Node, builder: TextBuilder, steps: Step[], addresses: Addresses): void {
  switch (node.type) {
    case "text":
      builder.inline(node.value.startsWith("[!") ? node.value.replace(alert, alertWord) : node.value);
      break;
    case "inlineCode":
      builder.inline(node.value);
      break;
    case "break":
      builder.breakLine();
      break;
    case "paragraph":
      builder.endBlock();
      enter(node.children, steps, () => builder.endBlock());
      break;
    case "heading":
      builder.openHeading();
      enter(node.children, steps, () => builder.closeHeading(node.depth));
      break;
    case "code":
      builder.code(node.value);
      break;
    case "html":
      renderHtml(node.value, builder);
      break;
    case "list":
      if (isContents(node)) break;
      builder.openList(!node.spread && node.children.every((item) => !item.spread));
      enter(node.children, steps, () => builder.closeList());
      break;
    case "listItem":
      builder.openItem();
      enter(node.children, steps, () => builder.closeItem());
      break;
    case "table":
      enter(node.children, steps, () => builder.closeTable());
      break;
    case "tableRow": {
      const cells: string[] = [];
      steps.push(() => builder.row(cells));
      for (const cell of node.children.toReversed()) {
        steps.push(
          () => cells.push(builder.closeCell()),
          ...cell.children.toReversed(),
          () => builder.openCell(),
        );
      }
      break;
    }
    case "image":
      if (!isBadge(node.url)) builder.picture(node.alt ?? "");
      break;
    case "imageReference":
      if (!isBadge(addresses.get(node.identifier) ?? "")) builder.picture(node.alt ?? "");
      break;
    case "definition":
    case "footnoteReference":
    case "thematicBreak":
    case "yaml":
      break;
    case "footnoteDefinition":
      if (!isStub(node)) enter(node.children, steps);
      break;
    case "root":
    case "blockquote":
    case "emphasis":
    case "strong":
    case "delete":
    case "link":
    case "linkReference":
    case "tableCell":
      enter(node.children, steps);
      break;
    default:
      node satisfies never;
  }
}

/** A table of contents: every item a link to a heading of the same text, whose words stand there anyway. */
function isContents(list: Extract<Node, { type: "list" }>): boolean {
  const nodes: Node[] = [list];
  let links = 0;
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.type === "link" && node.url.startsWith("#")) links++;
    else if (!("children" in node)) {
      if (node.type !== "text" || /\p{L}/u.test(node.value)) return false;
    } else for (const child of node.children) nodes.push(child);
  }
  return links > 1;
}

/** "[!NOTE]" at the head of a quote, as GitHub marks notes, is "Note:" to a reader. */
function alertWord(_mark: string, word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1).toLowerCase()}: `;
}

function isStub({ children: [first] }: Extract<Node, { type: "footnoteDefinition" }>): boolean {
  const text = first?.type === "paragraph" ? first.children[0] : undefined;
  return text?.type === "text" && text.value === footnoteStub;
}

function enter(children: readonly Node[], steps: Step[], leave?: () => void): void {
  if (leave) steps.push(leave);
  for (let index = children.length - 1; index >= 0; index--) {
    const child = children[index];
    if (child) steps.push(child);
  }
}

/** Within a paragraph a node of HTML is one tag; between paragraphs it is a block of it. */
function renderHtml(source: string, builder: TextBuilder): void {
  if (/^<\/?[a-z][\w-]*[^<>]*>$/i.test(source) && !/^<(br|img)\b/i.test(source)) return;
  renderHtmlFragment(source, builder);
}

function collectAddresses(root: Root): Addresses {
  const addresses = new Map<string, string>();
  const nodes: Node[] = [root];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.type === "definition") addresses.set(node.identifier, node.url);
    else if ("children" in node) for (const child of node.children) nodes.push(child);
  }
  return addresses;
}
