// Style and script of the page at /docs. Two small files of our own, because the content security policy allows no inline
// ones. The colours are those of the search page.

export const docsStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fcfcfb, #111317);
  --sunken: light-dark(#f3f4f4, #1b1e24);
  --ink: light-dark(#17191d, #e9eaec);
  --ink-soft: light-dark(#44484f, #b9bdc5);
  --ink-faint: light-dark(#656a73, #8f959f);
  --line: light-dark(#e4e6e7, #272b32);
  --north: light-dark(#b23a1a, #ff9070);
  --south: light-dark(#2659a8, #86b1ff);
  --fused: light-dark(#7b4585, #cf9fdc);
  --chosen: light-dark(#f2f5fa, #191f2a);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body {
  display: grid;
  grid-template: auto 1fr / 19rem minmax(0, 1fr);
  min-height: 100vh;
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 400 0.9375rem/1.55 Inter, -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header {
  position: sticky;
  z-index: 1;
  top: 0;
  display: flex;
  grid-column: 1 / -1;
  gap: 0.75rem;
  align-items: baseline;
  padding: 0.875rem 2rem;
  border-bottom: 1px solid var(--line);
  background: var(--paper);
  color: var(--ink-faint);
}
header .home { color: var(--ink); font-size: 1.0625rem; font-weight: 600; text-decoration: none; }
header .source { margin-left: auto; }
a { color: var(--south); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--south); outline-offset: 2px; }
nav {
  position: sticky;
  top: 3.4rem;
  overflow-y: auto;
  align-self: start;
  max-height: calc(100vh - 3.4rem);
  padding: 0.5rem 1rem 2rem 2rem;
  font-size: 0.8125rem;
}
nav h2 { margin: 1.25rem 0 0.375rem; color: var(--ink-faint); font-size: 0.75rem; font-weight: 600; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav a {
  display: block;
  overflow: hidden;
  padding: 0.1875rem 0.5rem;
  border-radius: 0.375rem;
  color: var(--ink-soft);
  font-family: var(--mono);
  font-size: 0.75rem;
  text-decoration: none;
  text-overflow: ellipsis;
  white-space: nowrap;
}
nav a:hover { background: var(--sunken); }
main { max-width: 56rem; padding: 1rem 2rem 8rem; }
h1 { margin: 1rem 0 0.5rem; font-size: 1.625rem; letter-spacing: -0.01em; }
.lead { max-width: 44rem; color: var(--ink-soft); }
.group > h2 { margin: 3.5rem 0 0; font-size: 1.25rem; }
.group > p { margin: 0.25rem 0 1rem; color: var(--ink-soft); }
article { margin: 0 0 1.5rem; padding: 1.25rem 0 0.25rem; border-top: 1px solid var(--line); }
article:target { margin-inline: -1rem; padding-inline: 1rem; border-radius: 0.5rem; background: var(--chosen); }
h3 { display: flex; flex-wrap: wrap; gap: 0.375rem 0.75rem; align-items: baseline; margin: 0; font-size: 0.9375rem; }
h3 .anchor { color: var(--ink-faint); font-weight: 400; text-decoration: none; }
h3 .anchor:only-child { color: var(--ink); font-family: var(--mono); font-weight: 600; }
h3 .anchor:hover { text-decoration: underline; }
h4 { margin: 1.25rem 0 0.25rem; color: var(--ink-faint); font-size: 0.8125rem; font-weight: 600; }
article > p { max-width: 44rem; margin: 0.375rem 0; color: var(--ink-soft); }
code, pre { font-family: var(--mono); font-size: 0.8125rem; }
code b { font-weight: 500; }
small { color: var(--ink-faint); font-size: 0.75rem; }
.method { display: inline-block; min-width: 3.4em; color: var(--south); font-family: var(--mono); font-size: 0.75rem; font-weight: 700; }
.PUT { color: var(--fused); }
.POST { color: var(--fused); }
.DELETE { color: var(--north); }
table { width: 100%; border-collapse: collapse; }
tr { border-top: 1px solid var(--line); }
tr:first-child { border-top: 0; }
tr:target { background: var(--chosen); }
th, td { padding: 0.4375rem 0.75rem 0.4375rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.fields th { width: 11rem; font-weight: 500; }
.problems td:first-child { width: 4rem; color: var(--ink-faint); font-variant-numeric: tabular-nums; }
.problems th { width: 18rem; font-weight: 500; }
td p { margin: 0.125rem 0 0; color: var(--ink-soft); font-size: 0.875rem; }
td p:empty { display: none; }
.required { margin-left: 0.25rem; color: var(--north); font-size: 0.75rem; font-style: normal; font-weight: 400; }
.command { position: relative; }
pre { overflow-x: auto; margin: 0; padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--sunken); line-height: 1.6; }
.copy {
  position: absolute;
  top: 0.4375rem;
  right: 0.4375rem;
  padding: 0.125rem 0.5rem;
  border: 1px solid var(--line);
  border-radius: 0.375rem;
  background: var(--paper);
  color: var(--ink-soft);
  font: inherit;
  font-size: 0.75rem;
  cursor: pointer;
}
.copy:hover { color: var(--ink); }
@media (max-width: 52rem) {
  body { grid-template-columns: minmax(0, 1fr); }
  nav { position: static; max-height: none; padding: 0 1rem; }
  header, main { padding-inline: 1rem; }
  .fields th { width: 8rem; }
  .problems th { width: auto; }
}
@media print {
  nav, .copy { display: none; }
}
`;

// Only adds the buttons that copy a command; the page is whole without it.
export const docsScript = `
for (const command of document.querySelectorAll(".command")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  command.append(button);
}
// What scrolls sideways can be reached and scrolled with the keyboard, just where it does.
const measure = (block) => {
  const scrolls = block.scrollWidth > block.clientWidth;
  for (const [name, value] of Object.entries({ tabindex: 0, role: "region", "aria-label": "Example" })) {
    if (scrolls) block.setAttribute(name, value);
    else block.removeAttribute(name);
  }
};
const observer = new ResizeObserver((entries) => { for (const { target } of entries) measure(target); });
for (const block of document.querySelectorAll("pre")) observer.observe(block);
`;
