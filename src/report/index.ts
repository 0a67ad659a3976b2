// Reports: HTML pages that need nothing else, with SVG plots and tables, and the same tables as Markdown. Figures in, text out.

export { type Bar, type BarGroup, barPlot } from "./bar-plot.js";
export { type Difference, differencePlot } from "./difference-plot.js";
export * as figure from "./figures.js";
export { type Curve, type LinePlot, linePlot, type PlotPoint, spread } from "./line-plot.js";
export { type Look, legend, mark } from "./mark.js";
export { type Child, element, Markup } from "./markup.js";
export { dataBlock, type Page, pageOf } from "./page.js";
export { clamp, linearScale, logScale, rangeScale, type Scale, type Tick } from "./scale.js";
export { type Column, number, type Row, type Table, tableMarkdown, text } from "./table.js";
export { tableDetails, tableMarkup } from "./table-markup.js";
