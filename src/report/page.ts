// The frame of a report: one HTML file that needs nothing else, in dark or light as the reader has it, readable without scripts.

import { type Child, element, Markup } from "./markup.js";
import { style } from "./style.js";

export type Page = {
  title: string;
  /** An SVG image; default: none. */
  icon?: string;
  /** Further rules beside the report's own. */
  style?: string;
  header: Child;
  main: Child;
  footer: Child;
};

export function pageOf({ title, icon, style: own = "", header, main, footer }: Page): string {
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("title", {}, title),
    // Inside the page, too: without one, browsers ask the server for it.
    element(
      "link",
      icon === undefined
        ? { rel: "icon", href: "data:," }
        : { rel: "icon", type: "image/svg+xml", href: `data:image/svg+xml,${encodeURIComponent(icon)}` },
    ),
    element("style", {}, new Markup(style + own)),
  );
  const body = element(
    "body",
    {},
    element("header", {}, header),
    element("main", {}, main),
    element("footer", {}, footer),
  );
  return `<!doctype html>\n${element("html", { lang: "en" }, head, body).text}\n`;
}

/** Figures as JSON inside the page, for whoever wants to draw something else. */
export function dataBlock(figures: unknown, kept?: (key: string, value: unknown) => unknown): Markup {
  // A "<" is written so that no tag can end the block.
  const json = JSON.stringify(figures, kept).replaceAll("<", "\\u003c");
  return element("script", { type: "application/json", id: "figures" }, new Markup(json));
}
