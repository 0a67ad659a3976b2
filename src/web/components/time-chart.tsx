// A chart over time. The values of one point of time, and what changed then, are read with the pointer or the keys of a slider.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Mark, Series } from "../health/chart.js";
import { lastKnown, marksAt, pointByKey } from "../health/chart.js";
import type { ChartGroup, TimePlot } from "../health/time-plot.js";
import { openTimePlot } from "../health/time-plot.js";

type Props = {
  group: ChartGroup;
  title: string;
  series: readonly Series[];
  /** When each minute began or a run ended, ISO 8601, the first first. */
  times: readonly string[];
  marks: readonly Mark[];
  format(value: number): string;
  formatTime(at: Date): string;
  /** What is said where no value is known. */
  none: string;
  /** The scale reaches at least this high. */
  least?: number;
  /** Values are counts. */
  whole?: boolean;
};

export function TimeChart(props: Props) {
  const { group, title, series, times, marks, format, formatTime, none, least = 0, whole = false } = props;
  const [chosen, setChosen] = useState<number>();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<TimePlot>(undefined);
  const values = { times, series, marks };
  const first = useRef({ values, ports: { group, format, formatTime, least, whole, onRead: setChosen } });

  useEffect(() => {
    if (place.current === null) return;
    const opened = openTimePlot(place.current, first.current.values, first.current.ports);
    plot.current = opened;
    return opened.close;
  }, []);
  // A new object with each answer of the server, and not otherwise.
  useEffect(() => plot.current?.update(values), [times]);

  const last = times.length - 1;
  const shown = chosen ?? lastKnown(series, last);
  const moment = shown === undefined ? none : formatTime(new Date(times[shown] ?? 0));
  const changes = chosen === undefined ? [] : marksAt(marks, chosen);
  const readings = series.map(({ name, kind, values }) => {
    const value = shown === undefined ? null : (values[shown] ?? null);
    return { name, kind, text: value === null ? "–" : format(value) };
  });
  const spoken = [
    `${moment}: ${readings.map(({ name, text }) => `${name} ${text}`).join(", ")}`,
    ...changes.map(({ text }) => text),
  ];
  const onKey = (event: KeyboardEvent) => {
    const point = pointByKey(event.key, shown ?? last, last);
    if (point === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    plot.current?.read(point);
  };
  // uPlot follows mice; a finger that moves sideways reads, too.
  const onTouch = (event: PointerEvent) => {
    if (event.pointerType !== "mouse") plot.current?.read(plot.current.pointAt(event.clientX));
  };
  return (
    <figure class="chart">
      <figcaption class="chart-head">
        <span class="chart-title">{title}</span>
        <span class="chart-readings">
          {readings.map(({ name, kind, text }) => (
            <span key={name} class="chart-reading">
              <span class={`swatch line-${kind}`} />
              {name} <b>{text}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div
        class="chart-box"
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={shown ?? last}
        aria-valuetext={spoken.join(". ")}
        onPointerMove={onTouch}
        onBlur={() => plot.current?.read(undefined)}
        onKeyDown={onKey}
      >
        <div ref={place} class="chart-plot" aria-hidden="true" />
      </div>
      <p class="chart-note" aria-hidden="true">
        {chosen !== undefined && (
          <>
            {moment} <span>{changes.map(({ text }) => text).join(" · ")}</span>
          </>
        )}
      </p>
    </figure>
  );
}
