// Measures settings of several systems in rounds: each round asks all of them, one system after the other, so that what else
// the machine does meanwhile meets them alike.

import type { Contestant } from "./contestants.js";
import { shareName } from "./exact-scan.js";
import { besideIdle, worstLoop } from "./loop-delay.js";
import type { LoopDelay, MeasureReport } from "./process-protocol.js";
import type { RecallMeter, Score } from "./recall.js";
import type { Half, Point, Searched, Throughput } from "./result.js";
import { type LatencySummary, median, medianOfRounds, summariseLatency } from "./statistics.js";
import type { Setting } from "./systems/system.js";

export type Job = { contestant: Contestant; setting: Setting; k: number; searched: Searched };

export type RoundsOptions = {
  rounds: number;
  /** For one setting in one round; but at least `minQueries` are asked. */
  maxMs: number;
  minQueries: number;
  /** Queries of one round. */
  ask: number;
  /** Queries of the set. */
  queries: number;
  onMeasured(done: number, total: number, what: string): void;
};

/** Recall and latency of every job. Jobs of one system stand together. */
export async function measurePoints(
  jobs: readonly Job[],
  meter: RecallMeter,
  options: RoundsOptions,
): Promise<{ job: Job; point: Point }[]> {
  const tallies = new Map(jobs.map((job) => [job, new Tally(job, meter)]));
  await inRounds(jobs, options, async (job, order) => {
    const { contestant, setting, k, searched } = job;
    const { maxMs, minQueries } = options;
    const share = searched.kind === "filter" ? { share: searched.share } : {};
    const request = { setting, k, order, clients: 1, maxMs, minQueries, collect: true, ...share };
    tallies.get(job)?.add(await besideIdle(() => contestant.process.call("measure", request)));
  });
  return [...tallies].flatMap(([job, tally]) => (job.contestant.failure ? [] : [{ job, point: tally.point() }]));
}

/** Queries per second with as many clients as `clients` says. */
export async function measureThroughput(
  jobs: readonly { contestant: Contestant; setting: Setting }[],
  clients: number,
  options: RoundsOptions,
): Promise<{ contestant: Contestant; throughput: Throughput }[]> {
  const reports = new Map(jobs.map((job) => [job, [] as MeasureReport[]]));
  await inRounds(jobs, options, async (job, order) => {
    const { maxMs, minQueries } = options;
    const request = {
      setting: job.setting,
      k: 10,
      order,
      clients,
      maxMs,
      minQueries: Math.max(minQueries, clients * 4),
      collect: false,
    };
    reports.get(job)?.push(await besideIdle(() => job.contestant.process.call("measure", request)));
  });
  return [...reports].flatMap(([{ contestant, setting }, of]) => {
    if (contestant.failure) return [];
    const rounds = of.map(({ asked, elapsedMs }) => (asked.length / elapsedMs) * 1000);
    const throughput: Throughput = {
      setting,
      clients,
      queriesPerSecond: median(rounds),
      rounds,
      waited: medianOfRounds(of.map(({ waitedMs }) => summariseLatency(waitedMs))),
      loop: worstLoop(of.map(({ loop }) => loop)),
    };
    return [{ contestant, throughput }];
  });
}

async function inRounds<J extends { contestant: Contestant; setting: Setting }>(
  jobs: readonly J[],
  { rounds, ask, queries, onMeasured }: RoundsOptions,
  measure: (job: J, order: Uint32Array) => Promise<void>,
): Promise<void> {
  const total = jobs.length * rounds;
  for (let round = 0; round < rounds; round++) {
    // Each round begins elsewhere: where not all are asked, rounds together still ask more.
    const order = rotated(queries, Math.floor((queries * round) / rounds)).slice(0, ask);
    for (const [i, job] of jobs.entries()) {
      const { contestant, setting } = job;
      onMeasured(round * jobs.length + i, total, `${contestant.entry.title} ${setting.label}`);
      await contestant.attempt(() => measure(job, order));
    }
  }
  onMeasured(total, total, "");
}

export function rotated(count: number, by: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => (i + by) % count);
}

/** What several rounds said of one setting. */
class Tally {
  readonly #job: Job;
  readonly #meter: RecallMeter;
  readonly #scores = new Map<number, Score>();
  readonly #rounds: { check: LatencySummary; held: LatencySummary; reported: LatencySummary | undefined }[] = [];
  readonly #loops: LoopDelay[] = [];
  readonly #plans: Record<string, number> = {};
  readonly #set: string;

  constructor(job: Job, meter: RecallMeter) {
    const { searched } = job;
    this.#job = job;
    this.#meter = meter;
    this.#set = searched.kind === "filter" ? shareName(searched.share) : searched.kind === "deletes" ? "kept" : "all";
  }

  add({ asked, found, waitedMs, reportedMs, plans, loop }: MeasureReport): void {
    const { k } = this.#job;
    asked.forEach((query, i) => {
      if (this.#scores.has(query)) return;
      this.#scores.set(query, this.#meter.scoreOf(this.#set, query, found.subarray(i * k, (i + 1) * k)));
    });
    const waits = (held: boolean) => waitedMs.filter((_, i) => isHeld(asked[i]!) === held);
    const reported = reportedMs.filter((ms, i) => isHeld(asked[i]!) && !Number.isNaN(ms));
    this.#rounds.push({
      check: summariseLatency(waits(false)),
      held: summariseLatency(waits(true)),
      reported: reported.length > 0 ? summariseLatency(reported) : undefined,
    });
    for (const [plan, count] of Object.entries(plans)) this.#plans[plan] = (this.#plans[plan] ?? 0) + count;
    this.#loops.push(loop);
  }

  point(): Point {
    const { setting, k, searched } = this.#job;
    const reported = this.#rounds.flatMap((round) => round.reported ?? []);
    return {
      setting,
      k,
      searched,
      check: this.#half(
        false,
        this.#rounds.map(({ check }) => check),
      ),
      held: {
        ...this.#half(
          true,
          this.#rounds.map(({ held }) => held),
        ),
        ...(reported.length > 0 ? { reported: medianOfRounds(reported) } : {}),
      },
      plans: this.#plans,
      loop: worstLoop(this.#loops),
    };
  }

  #half(held: boolean, rounds: LatencySummary[]): Half {
    const scores = [...this.#scores].filter(([query]) => isHeld(query) === held).map(([, score]) => score);
    const right = scores.reduce((sum, score) => sum + score.right, 0);
    const wanted = scores.reduce((sum, score) => sum + score.wanted, 0);
    return {
      queries: scores.length,
      recall: wanted === 0 ? 1 : right / wanted,
      waited: medianOfRounds(rounds),
      rounds,
    };
  }
}

/** Queries are in random order: every second one is a random half. */
function isHeld(query: number): boolean {
  return query % 2 === 1;
}
