// The vectors: what came in lately and the whole index, each held against the known-good sample.
import { useMemo } from "preact/hooks";
import type { EmbeddingHealth, Health } from "../api/health.js";
import type { Series } from "../health/chart.js";
import { statusNames } from "../health/health-words.js";
import { useScrollable } from "../hooks/use-scrollable.js";
import { formatBetween } from "../text/clock.js";
import { formatCount, formatShare, plural } from "../text/numbers.js";
import { MomentText } from "./moment-text.js";
import { TimeChart } from "./time-chart.js";

const shownRuns = 8;

export function HealthVectors({ embeddings }: { embeddings: Health["embeddings"] }) {
  const { baseline, index, runs } = embeddings;
  return (
    <section aria-labelledby="vectors-title">
      <h2 id="vectors-title" class="part-title">
        Vectors
      </h2>
      {baseline === null ? (
        <p class="state-hint">
          There is no baseline yet. From 64 documents on, what comes in is held against a sample of what was there
          before.
        </p>
      ) : (
        <p class="state-hint">
          Held against a sample of {plural(baseline.rows, "document")}, taken <MomentText iso={baseline.madeAt} />.
        </p>
      )}
      <DriftOverTime runs={runs} />
      {(index !== null || runs.length > 0) && <Drift index={index} runs={runs} />}
    </section>
  );
}

/** Shift, coherence and norms of what came in, one point an ingest; a chart wants two. */
function DriftOverTime({ runs }: Pick<Health["embeddings"], "runs">) {
  // New ones with each answer: what the charts are drawn anew for.
  const judged = useMemo(() => judgedRuns(runs), [runs]);
  const { times, shift, coherence, norms, formatTime } = judged;
  if (times.length < 2) return null;
  const shared = { group: "vectors" as const, times, marks: [], formatTime, none: "not judged" };
  return (
    <div class="charts charts-three">
      <TimeChart title="Shift" {...shared} series={shift} format={(value) => value.toFixed(3)} />
      <TimeChart title="Coherence" {...shared} series={coherence} format={(value) => value.toFixed(3)} />
      <TimeChart title="Norms" {...shared} series={norms} format={formatShare} />
    </div>
  );
}

/** Those with figures, the first first; each beside the value from which it warns. */
function judgedRuns(runs: Health["embeddings"]["runs"]) {
  const judged = runs.flatMap(({ finishedAt, health }) =>
    health?.figures && health.limits ? [{ finishedAt, figures: health.figures, limits: health.limits }] : [],
  );
  judged.reverse();
  const line = (name: string, kind: Series["kind"], value: (run: (typeof judged)[number]) => number): Series => ({
    name,
    kind,
    values: judged.map(value),
  });
  const times = judged.map(({ finishedAt }) => finishedAt);
  return {
    times,
    shift: [
      line("MMD", "first", ({ figures }) => figures.mmd),
      line("limit", "second", ({ limits }) => limits.mmd.warning),
    ],
    coherence: [
      line("mean", "first", ({ figures }) => figures.coherence),
      line("limit", "second", ({ limits }) => limits.coherenceLow.warning),
    ],
    norms: [
      line("moved", "first", ({ figures }) => Math.abs(figures.normDrift)),
      line("limit", "second", ({ limits }) => limits.normDrift.warning),
    ],
    formatTime: formatBetween(new Date(times[0] ?? 0), new Date(times.at(-1) ?? 0)),
  };
}

function Drift({ index, runs }: Pick<Health["embeddings"], "index" | "runs">) {
  return (
    <div class="drift-scroll" {...useScrollable<HTMLDivElement>("Shift by ingest")}>
      <table class="drift">
        <thead>
          <tr>
            <th scope="col">Came in</th>
            <th scope="col" class="number">
              Documents
            </th>
            <th scope="col" class="number" title="Maximum mean discrepancy: how far the distribution has moved">
              Shift
            </th>
            <th scope="col" class="number" title="Mean cosine of two of them">
              Coherence
            </th>
            <th scope="col" class="number" title="Lengths before normalisation, against the baseline's">
              Norms
            </th>
            <th scope="col">Health</th>
          </tr>
        </thead>
        <tbody>
          {index !== null && <Row name="The whole index" documents={index.figures?.currentRows} health={index} />}
          {runs.slice(0, shownRuns).map(({ id, finishedAt, documents, health }) => (
            <Row key={id} iso={finishedAt} documents={documents} health={health} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = { name?: string; iso?: string; documents: number | undefined; health: EmbeddingHealth | null };

function Row({ name, iso, documents, health }: RowProps) {
  const { figures, limits } = health ?? {};
  const shift = figures && limits ? { value: figures.mmd, limit: limits.mmd.warning } : undefined;
  const status = health?.status ?? "unknown";
  return (
    <tr>
      <th scope="row">{iso === undefined ? name : <MomentText iso={iso} />}</th>
      <td class="number">{documents === undefined ? "–" : formatCount(documents)}</td>
      <td class="number">
        {figures ? figures.mmd.toFixed(3) : "–"}
        {shift && <ShiftBar {...shift} />}
      </td>
      <td class="number">{figures ? figures.coherence.toFixed(3) : "–"}</td>
      <td class="number">{figures ? `${(100 * figures.normDrift).toFixed(1)} %` : "–"}</td>
      <td>
        <span class={`health-mark health-${status}`} title={health?.sentence}>
          {health === null ? "Not judged" : statusNames[status]}
        </span>
      </td>
    </tr>
  );
}

/** The shift on a scale of twice the limit, which is marked in the middle. */
function ShiftBar({ value, limit }: { value: number; limit: number }) {
  return (
    <svg class="shift-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="arm-track" width="100" height="4" />
      <rect
        class={value > limit ? "shift-over" : "shift-fill"}
        width={Math.min(100, (50 * Math.max(0, value)) / limit)}
        height="4"
      />
      <rect class="shift-limit" x="49.5" width="1" height="4" />
    </svg>
  );
}
