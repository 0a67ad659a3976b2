// HTML and SVG put together from elements: text and attributes are escaped, elements stay elements.

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Child = string | number | false | Markup | undefined | readonly Child[];
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const empty = new Set(["meta", "link", "br", "col"]);

/** An attribute that is `undefined` or false is left out; one that is true stands without a value. */
export function element(name: string, attributes: Attributes = {}, ...children: Child[]): Markup {
  const written = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [` ${key}`] : [` ${key}="${escaped(typeof value === "number" ? short(value) : value)}"`];
  });
  const start = `<${name}${written.join("")}>`;
  return new Markup(empty.has(name) ? start : `${start}${children.map(textOf).join("")}</${name}>`);
}

function textOf(child: Child): string {
  if (child === undefined || child === false) return "";
  if (child instanceof Markup) return child.text;
  if (typeof child === "object") return child.map(textOf).join("");
  return escaped(String(child));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Coordinates to a hundredth. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
