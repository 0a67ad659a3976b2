// Which parts of an HTML page are its content. Left out: scripts, styles, navigation, asides, page headers and footers,
// form controls, drawings, line numbers, whatever is hidden. A page's header stays when the first-level headline is in it.
// Where <main> or <article> carries most of the words, the rest is left out too.

import type { CheerioAPI } from "cheerio/slim";

export type HtmlDocument = NonNullable<ReturnType<CheerioAPI["root"]>[0]>;
export type HtmlNode = HtmlDocument["children"][number];
export type HtmlElement = Extract<HtmlNode, { attribs: unknown }>;

const neverContent = new Set(
  (
    "head title script style noscript template nav aside svg canvas audio video object embed iframe map dialog " +
    "button input select option optgroup datalist textarea meter progress"
  ).split(" "),
);
const pageRoles = new Set([
  "navigation",
  "banner",
  "contentinfo",
  "search",
  "complementary",
  "menu",
  "menubar",
  "dialog",
]);
const sectioning = new Set(["main", "article", "section", "header"]);
const hiddenStyle = /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;
const lineNumbers = /(?:^|\s)(?:linenos?|line-numbers)(?:\s|$)/;

export function isElement(node: HtmlNode): node is HtmlElement {
  return "attribs" in node;
}

/** Whether the element and all within it are left out. */
export function isLeftOut(element: HtmlElement): boolean {
  const { name, attribs } = element;
  if (neverContent.has(name)) return true;
  if ("hidden" in attribs || attribs["aria-hidden"] === "true") return true;
  if (attribs.role !== undefined && pageRoles.has(attribs.role)) return true;
  if (attribs.style !== undefined && hiddenStyle.test(attribs.style)) return true;
  if (attribs.class !== undefined && lineNumbers.test(attribs.class)) return true;
  if (name === "footer") return isOfPage(element);
  return name === "header" && isOfPage(element) && !holdsHeadline(element);
}

/** A page's own header or footer, as opposed to that of an article or section in it. */
function isOfPage(element: HtmlElement): boolean {
  for (let parent = element.parent; parent; parent = parent.parent) {
    if ("name" in parent && sectioning.has(parent.name)) return false;
  }
  return true;
}

function holdsHeadline(header: HtmlElement): boolean {
  for (const { name } of elementsIn(header.children)) if (name === "h1") return true;
  return false;
}

/** All elements, parents first, without recursion: pages nest deeper than the call stack. */
export function* elementsIn(nodes: readonly HtmlNode[]): Generator<HtmlElement> {
  const waiting = [...nodes].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!isElement(node)) continue;
    yield node;
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index];
      if (child) waiting.push(child);
    }
  }
}

/** The nodes to render: those of <main>, or of the only <article>, where it holds at least half of the words; else all. */
export function contentOf(document: HtmlDocument): readonly HtmlNode[] {
  const characters = new Map<HtmlElement, number>();
  const all = countCharacters(document.children, characters);
  const elements = [...characters.keys()];
  const mains = elements.filter(({ name, attribs }) => name === "main" || attribs.role === "main");
  const articles = elements.filter(({ name }) => name === "article");
  const candidates = mains.length > 0 ? mains : articles.length === 1 ? articles : [];
  const best = candidates.find((element) => 2 * (characters.get(element) ?? 0) >= all);
  return best ? [best] : document.children;
}

/** Counts the characters of content below each element that is not left out; answers their sum. */
function countCharacters(nodes: readonly HtmlNode[], characters: Map<HtmlElement, number>): number {
  let sum = 0;
  const steps: (HtmlNode | { left: HtmlElement; before: number })[] = [...nodes].reverse();
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if ("left" in step) characters.set(step.left, sum - step.before);
    else if (step.type === "text") sum += step.data.trim().length;
    else if (isElement(step) && !isLeftOut(step)) {
      steps.push({ left: step, before: sum });
      for (const child of step.children) steps.push(child);
    }
  }
  return sum;
}
