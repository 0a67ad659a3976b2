// A chart over time, drawn by uPlot. Charts of one group have one cursor: where one is read, the others are.
import uPlot from "uplot";
import type { Mark, Series } from "./chart.js";
import { aloneAmong, columnsOf } from "./chart.js";

export type TimeValues = { times: readonly string[]; series: readonly Series[]; marks: readonly Mark[] };

export type TimePlot = {
  update(values: TimeValues): void;
  /** Puts the cursor of every chart of the group on a point of time, by its index; undefined takes it away. */
  read(point: number | undefined): void;
  /** The point at a place of the window. */
  pointAt(clientX: number): number;
  close(): void;
};

export type ChartGroup = "queries" | "vectors";

type Ports = {
  group: ChartGroup;
  format(value: number): string;
  /** How the axis names a time. */
  formatTime(at: Date): string;
  /** The scale reaches at least this high. */
  least: number;
  /** Values are counts: no line of the grid between two of them. */
  whole: boolean;
  onRead(point: number | undefined): void;
};

type Ink = "first" | "second" | "axis" | "grid";

const inks: readonly Ink[] = ["first", "second", "axis", "grid"];
const inkOfMark: Readonly<Record<Mark["kind"], Ink>> = {
  raised: "second",
  cleared: "first",
  ingest: "axis",
  migration: "axis",
  baseline: "axis",
  confidence: "axis",
};
const counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
const axisFont = '11px Inter, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const markHeight = 9;
const outside = { left: -10, top: -10 };

/** Draws into `place`, whose size it follows, in the colours that the style sheet gives the class names of inks, also when they change. */
export function openTimePlot(place: HTMLElement, first: TimeValues, ports: Ports): TimePlot {
  let { marks } = first;
  const colourOf = openInks(place);
  const line = ({ name, kind }: Series): uPlot.Series => ({
    label: name,
    stroke: () => colourOf(kind),
    width: 2,
    points: {
      show: false,
      filter: (plot, index) => aloneAmong(plot.data[index] ?? []),
      size: 4,
      width: 0,
      fill: () => colourOf(kind),
    },
  });
  const axis = { stroke: () => colourOf("axis"), font: axisFont, ticks: { show: false } };
  const plot = new uPlot(
    {
      ...sizeOf(place),
      legend: { show: false },
      padding: [10, 10, 0, 0],
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: 7, width: 0, fill: (self, index) => strokeOf(self, index) },
        // From point to point, in all charts of the group.
        move: (self, left, top) => [left < 0 ? left : self.valToPos(self.data[0][self.posToIdx(left)] ?? 0, "x"), top],
        sync: { key: ports.group },
      },
      scales: {
        x: { time: true, range: (self) => [self.data[0][0] ?? 0, self.data[0].at(-1) ?? 1] },
        // A tenth above the highest value. Null where nothing is known.
        y: {
          range: (_, __, most: number | null) => uPlot.rangeNum(0, Math.max(ports.least, most ?? 0) || 1, 0.1, true),
        },
      },
      axes: [
        {
          ...axis,
          size: 24,
          gap: 7,
          space: 56,
          grid: { show: false },
          values: (_, splits) => splits.map((seconds) => ports.formatTime(new Date(seconds * 1000))),
        },
        {
          ...axis,
          size: 48,
          gap: 6,
          space: 24,
          grid: { stroke: () => colourOf("grid"), width: 1 },
          values: (_, splits) => splits.map((value) => (value === 0 ? "0" : ports.format(value))),
          ...(ports.whole ? { incrs: counts } : {}),
        },
      ],
      series: [{}, ...first.series.map(line)],
      hooks: {
        setCursor: [({ cursor: { idx } }) => ports.onRead(idx ?? undefined)],
        draw: [(self) => drawMarks(self, marks, colourOf)],
      },
    },
    columnsOf(first.times, first.series),
    place,
  );
  const stop = [followSize(place, plot), followTheme(() => plot.redraw(false))];
  return {
    update(values) {
      marks = values.marks;
      plot.setData(columnsOf(values.times, values.series));
    },
    read(point) {
      for (const each of uPlot.sync(ports.group).plots) {
        const seconds = point === undefined ? undefined : each.data[0][point];
        each.setCursor(seconds === undefined ? outside : { left: each.valToPos(seconds, "x"), top: 0 });
      }
    },
    pointAt: (clientX) => plot.posToIdx(clientX - plot.over.getBoundingClientRect().left),
    close() {
      for (const end of stop) end();
      plot.destroy();
      place.replaceChildren();
    },
  };
}

function drawMarks(plot: uPlot, marks: readonly Mark[], colourOf: (ink: Ink) => string): void {
  const { ctx, bbox } = plot;
  for (const { atSeconds, kind } of marks) {
    ctx.fillStyle = colourOf(inkOfMark[kind]);
    const width = 2 * uPlot.pxRatio;
    ctx.fillRect(plot.valToPos(atSeconds, "x", true) - width / 2, bbox.top, width, markHeight * uPlot.pxRatio);
  }
}

function strokeOf(plot: uPlot, index: number): string {
  const { stroke } = plot.series[index] ?? {};
  return String(typeof stroke === "function" ? stroke(plot, index) : stroke);
}

function sizeOf(place: HTMLElement): { width: number; height: number } {
  return { width: place.clientWidth, height: place.clientHeight };
}

// A canvas knows neither variables nor light-dark(): elements of those colours tell what they come to.
function openInks(place: HTMLElement): (ink: Ink) => string {
  const samples = new Map(
    inks.map((ink) => {
      const sample = document.createElement("span");
      sample.className = `ink-${ink}`;
      sample.hidden = true;
      place.append(sample);
      return [ink, sample];
    }),
  );
  return (ink) => getComputedStyle(samples.get(ink) ?? place).color;
}

function followSize(place: HTMLElement, plot: uPlot): () => void {
  const observer = new ResizeObserver(() => {
    const size = sizeOf(place);
    if (size.width > 0 && (size.width !== plot.width || size.height !== plot.height)) plot.setSize(size);
  });
  observer.observe(place);
  return () => observer.disconnect();
}

function followTheme(onChange: () => void): () => void {
  const chosen = new MutationObserver(onChange);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const systems = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  for (const list of systems) list.addEventListener("change", onChange);
  return () => {
    chosen.disconnect();
    for (const list of systems) list.removeEventListener("change", onChange);
  };
}
