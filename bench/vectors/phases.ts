// What is measured of systems that are built: recall and latency, queries per second, filters, deletes.

import { byFamily, cheapestReaching, isSameSetting, pointsOf } from "./choose-setting.js";
import type { Contestant } from "./contestants.js";
import { besideIdle } from "./loop-delay.js";
import type { Progress } from "./progress.js";
import type { RecallMeter } from "./recall.js";
import type { Point, Searched, SystemResult } from "./result.js";
import { type Job, measurePoints, measureThroughput, type RoundsOptions } from "./rounds.js";
import { filterShares, isDeleted } from "./row-sets.js";
import type { Scenario } from "./scenario.js";
import type { Setting } from "./systems/system.js";

/** Recall that systems are compared at. */
export const matchedRecall = 0.99;
export const ks = { few: 10, many: 100 };
const clientCounts = [1, 8];

type Results = ReadonlyMap<Contestant, SystemResult>;
type SettingsOf = (contestant: Contestant, result: SystemResult) => readonly Setting[];
type Stage = { scenario: Scenario; results: Results; meter: RecallMeter; progress: Progress };

/** Time for one setting in one round, and how many queries are asked in it at most. */
type Pace = { maxMs: number; ask: number };

/** Fills in the results of all contestants. Their rows are fewer afterwards. */
export async function measureAll(stage: Stage): Promise<void> {
  const { queries, effort } = stage.scenario;
  const main: Pace = { maxMs: effort.mainMs, ask: queries };
  const side: Pace = { maxMs: effort.sideMs, ask: Math.min(queries, effort.sideQueries) };
  const all: Searched = { kind: "all" };
  const shares = filterShares.map((share): Searched => ({ kind: "filter", share }));
  await measureCurves(stage, "Recall@10", main, ks.few, [all], ({ settings }) => settings);
  for (const [contestant, result] of stage.results) dropUntaken(contestant, result);
  await measureCurves(stage, "Recall@100", side, ks.many, [all], someSettings);
  for (const clients of clientCounts) await measureClients(stage, clients, main);
  await measureCurves(stage, "Filters", side, ks.few, shares, someSettings);
  await removeRows(stage);
  await measureCurves(stage, "After deletes", side, ks.few, [{ kind: "deletes" }], someSettings);
}

async function measureCurves(
  stage: Stage,
  label: string,
  pace: Pace,
  k: number,
  searched: readonly Searched[],
  settings: SettingsOf,
): Promise<void> {
  const { results, meter } = stage;
  const jobs = [...results].flatMap(([contestant, result]) =>
    searched
      .filter(({ kind }) => kind !== "filter" || contestant.facts.filters !== undefined)
      .flatMap((each): Job[] =>
        settings(contestant, result).map((setting) => ({ contestant, setting, k, searched: each })),
      ),
  );
  for (const { job, point } of await measurePoints(jobs, meter, roundsOf(stage, label, pace))) {
    results.get(job.contestant)?.points.push(point);
  }
}

/** A plan that this index does not offer is answered by another: such a curve would tell of that one. */
function dropUntaken(contestant: Contestant, result: SystemResult): void {
  const isTaken = ({ setting, plans }: Point) => setting.plan === undefined || plans[setting.plan] !== undefined;
  const untaken = result.points.filter((point) => !isTaken(point)).map(({ setting }) => setting);
  result.points = result.points.filter(isTaken);
  contestant.settings = contestant.settings.filter((setting) => !untaken.some((each) => isSameSetting(each, setting)));
}

async function measureClients(stage: Stage, clients: number, pace: Pace): Promise<void> {
  const { results } = stage;
  const jobs = [...results].flatMap(([contestant, result]) => {
    const setting = chosenSetting(result);
    return setting ? [{ contestant, setting }] : [];
  });
  const options = roundsOf(stage, `Queries a second, clients: ${clients}`, pace);
  for (const { contestant, throughput } of await measureThroughput(jobs, clients, options)) {
    results.get(contestant)?.throughput.push(throughput);
  }
}

function roundsOf({ scenario, progress }: Stage, label: string, pace: Pace): RoundsOptions {
  const { rounds, minQueries } = scenario.effort;
  return { rounds, minQueries, ...pace, queries: scenario.queries, onMeasured: progress.part(label, "steps") };
}

function chosenSetting(result: SystemResult): Setting | undefined {
  return cheapestReaching(pointsOf(result, ks.few, { kind: "all" }), matchedRecall)?.point.setting;
}

/** Every second setting of a curve and its last; the default and the one that was chosen are always among them. */
function someSettings({ settings: all }: Contestant, result: SystemResult): Setting[] {
  const chosen = chosenSetting(result);
  return [...byFamily(all).values()].flatMap((settings) =>
    settings.filter(
      (setting, i) =>
        i % 2 === 1 || i === settings.length - 1 || setting.isDefault || (chosen && isSameSetting(setting, chosen)),
    ),
  );
}

async function removeRows({ scenario, results, progress }: Stage): Promise<void> {
  const rows = Uint32Array.from({ length: scenario.rows }, (_, row) => row).filter(isDeleted);
  const step = progress.part("Deleting rows", "systems");
  let done = 0;
  for (const [contestant, result] of results) {
    step(done++, results.size, contestant.entry.title);
    await contestant.attempt(async () => {
      const removed = await besideIdle(() => contestant.process.call("remove", rows));
      result.removal = { ...removed, rows: rows.length };
    });
  }
}
