// What a text calls others: its links with their words. Documents do not keep them, since a reader has no use for addresses.

import { load } from "cheerio/slim";
import { fromMarkdown } from "mdast-util-from-markdown";
import { elementsIn, type HtmlNode, isElement } from "./html-content.js";

export type Link = {
  text: string;
  /** As it stands in the text, with query and fragment. */
  address: string;
};

/** The links of a text in their order; those without words are left out. */
export function linksIn(text: string, mediaType: "text/markdown" | "text/html"): Link[] {
  const links = mediaType === "text/html" ? htmlLinks(text) : markdownLinks(text);
  return links
    .map((link) => ({ ...link, text: link.text.replace(/\s+/g, " ").trim() }))
    .filter((link) => link.text !== "" && link.address !== "");
}

type MarkdownNode = ReturnType<typeof fromMarkdown> | ReturnType<typeof fromMarkdown>["children"][number];

function markdownLinks(text: string): Link[] {
  const nodes = [...below(fromMarkdown(text))];
  const addresses = new Map(
    nodes.flatMap((node) => (node.type === "definition" ? [[node.identifier, node.url] as const] : [])),
  );
  return nodes.flatMap((node): Link[] => {
    if (node.type === "link") return [{ text: wordsOf(node), address: node.url }];
    if (node.type !== "linkReference") return [];
    return [{ text: wordsOf(node), address: addresses.get(node.identifier) ?? "" }];
  });
}

function wordsOf(node: MarkdownNode): string {
  return [...below(node)]
    .map((part) => (part.type === "text" || part.type === "inlineCode" ? part.value : ""))
    .join("");
}

/** A node and all below it, in their order, without recursion. */
function* below(root: MarkdownNode): Generator<MarkdownNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    if ("children" in node) for (const child of node.children.toReversed()) waiting.push(child);
  }
}

function htmlLinks(text: string): Link[] {
  const root = load(text).root()[0];
  if (!root) return [];
  return [...elementsIn(root.children)]
    .filter(({ name, attribs }) => name === "a" && attribs.href !== undefined)
    .map((element) => ({ text: textBelow(element.children), address: element.attribs.href ?? "" }));
}

function textBelow(nodes: readonly HtmlNode[]): string {
  const waiting = [...nodes].reverse();
  let text = "";
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "text") text += node.data;
    else if (isElement(node)) waiting.push(...[...node.children].reverse());
  }
  return text;
}
