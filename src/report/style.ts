// The style of all reports: the colours of the search page, and one for each curve. Everything follows the window's width and the
// reader's choice of dark or light.

export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fcfcfb, #111317);
  --sunken: light-dark(#f3f4f4, #1b1e24);
  --ink: light-dark(#17191d, #e9eaec);
  --ink-soft: light-dark(#44484f, #b9bdc5);
  --ink-faint: light-dark(#656a73, #8f959f);
  --line: light-dark(#e4e6e7, #272b32);
  --own: light-dark(#b23a1a, #ff9070);
  --blue: light-dark(#2659a8, #86b1ff);
  --teal: light-dark(#0f766e, #5fd0c4);
  --violet: light-dark(#7b4585, #cf9fdc);
  --gold: light-dark(#8a6100, #e0b84f);
  --grey: light-dark(#656a73, #9aa0aa);
  --sans: Inter, -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 0.9375rem/1.55 var(--sans); }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
footer { padding-block: 3rem 4rem; color: var(--ink-faint); font-size: 0.8125rem; }
h1 { margin: 0 0 0.5rem; font-size: 1.75rem; letter-spacing: -0.015em; line-height: 1.2; }
h2 { margin: 4rem 0 0.25rem; padding-top: 1.5rem; border-top: 1px solid var(--line); font-size: 1.375rem; letter-spacing: -0.01em; }
h3 { margin: 2.75rem 0 0.25rem; font-size: 1.0625rem; }
p { max-width: 44rem; margin: 0.375rem 0; color: var(--ink-soft); }
a { color: var(--blue); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
code { font-family: var(--mono); font-size: 0.8125rem; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
.facts { margin: 1rem 0 0; color: var(--ink-faint); font-size: 0.8125rem; }
nav { margin-top: 1.25rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.375rem 1.25rem; margin: 0; padding: 0; list-style: none; }
.short { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1.5rem 2rem; margin: 1.5rem 0 0; }
.short div { padding-top: 0.625rem; border-top: 2px solid var(--line); }
.short dt { color: var(--ink-faint); font-size: 0.8125rem; }
.short dd { margin: 0; }
.short .figure { font-size: 1.125rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.short .beside { color: var(--ink-soft); font-size: 0.8125rem; line-height: 1.45; }
main > section:first-child > h2 { margin-top: 1.5rem; }
.missing { margin: 0.5rem 0; padding-left: 1.125rem; color: var(--ink-faint); font-size: 0.8125rem; }

.own { --series: var(--own); }
.blue { --series: var(--blue); }
.teal { --series: var(--teal); }
.violet { --series: var(--violet); }
.gold { --series: var(--gold); }
.grey { --series: var(--grey); }
figure { margin: 0.75rem 0 0; }
.plot { display: block; width: 100%; height: auto; font-family: var(--sans); }
.plot.narrow { display: none; }
.plot text { font-size: 12px; }
.grid { stroke: var(--line); fill: none; }
.tick { fill: var(--ink-faint); font-variant-numeric: tabular-nums; }
.axis { fill: var(--ink-soft); }
.hint { fill: var(--ink-faint); font-style: italic; }
.line { fill: none; stroke: var(--series); stroke-width: 1.75; stroke-linejoin: round; }
.line.dashed { stroke-dasharray: 6 3; }
.line.dotted { stroke-dasharray: 1.5 3; }
.mark { fill: var(--series); stroke: var(--paper); stroke-width: 1; }
.mark.hollow { fill: var(--paper); stroke: var(--series); stroke-width: 1.5; }
.mark:hover { stroke: var(--ink); stroke-width: 2; }
.label text { fill: var(--series); }
.label .tie { stroke: var(--series); stroke-opacity: 0.35; fill: none; }
.difference.gain { fill: var(--teal); }
.difference.loss { fill: var(--own); }
.difference.equal { fill: var(--grey); }
.difference:hover { fill: var(--ink); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.125rem; margin: 0.5rem 0 0; padding: 0; color: var(--ink-soft); font-size: 0.8125rem; list-style: none; }
.legend li { display: flex; gap: 0.375rem; align-items: center; }
.legend svg { flex: none; overflow: visible; }
.bar-plot { margin-top: 0.75rem; }
.bar-plot .legend { margin: 0 0 0.75rem; }
.group { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 0.75rem; align-items: center; padding: 0.3125rem 0; }
.group-name { font-size: 0.8125rem; text-align: right; }
.bar-line { display: grid; grid-template-columns: minmax(0, 1fr) 5.25rem; gap: 0.5rem; align-items: center; min-height: 1rem; line-height: 1; }
.bar { display: block; }
.bar .track { fill: var(--sunken); }
.bar .fill, .swatch { fill: var(--series); background: var(--series); }
.bar .whisker { fill: var(--ink); }
.nth-1 .fill, .nth-1.swatch { opacity: 0.55; }
.nth-2 .fill, .nth-2.swatch { opacity: 0.28; }
.swatch { display: inline-block; width: 1rem; height: 0.625rem; }
.bar-figure { color: var(--ink-soft); font-size: 0.75rem; font-variant-numeric: tabular-nums; white-space: nowrap; }

details { margin: 0.75rem 0 0; }
summary { width: fit-content; padding: 0.125rem 0; color: var(--ink-soft); font-size: 0.8125rem; cursor: pointer; }
summary:hover { color: var(--ink); }
.table-note { font-size: 0.8125rem; }
.scroll { overflow-x: auto; margin-top: 0.5rem; }
table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.375rem 1rem 0.375rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0.25rem; }
td.long { min-width: 14rem; white-space: normal; }
thead th { border-top: 0; color: var(--ink-faint); font-weight: 500; vertical-align: bottom; white-space: normal; }
.number { text-align: right; }
tr.ours th, tr.ours td { font-weight: 600; }
tbody th { font-weight: 400; }
@media (max-width: 44rem) {
  main, header, footer { padding-inline: 1rem; }
  .plot.wide { display: none; }
  .plot.narrow { display: block; }
  .group { grid-template-columns: minmax(0, 1fr); gap: 0.125rem; }
  .group-name { text-align: left; }
  td.long { min-width: 10rem; }
}
@media print {
  details > :not(summary) { display: block; }
}
`;
