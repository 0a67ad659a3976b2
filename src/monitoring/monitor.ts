// Watches an open library: how its queries fare, what comes into it, what that costs, and which alerts stand.

import type { Clock } from "../clock.js";
import { messageOf } from "../errors.js";
import type { IngestClient } from "../ingest/index.js";
import { packageVersion } from "../package-root.js";
import {
  type AlertStates,
  type CostEntry,
  CostLedger,
  type CostReport,
  costReport,
  type Diagnosis,
  diagnose,
  type HealthReport,
  uncalibratedThreshold,
} from "../quality/index.js";
import type { EncodingModel, QueryCost, SearchResponse } from "../retrieval/index.js";
import type { QualityNotes, StoreReader } from "../store/index.js";
import { type Alert, AlertKeeper, type AlertNews } from "./alert-keeper.js";
import type { ConfidenceScales } from "./confidence-scales.js";
import { gatherFacts } from "./gather-facts.js";
import { HealthDesk } from "./health-desk.js";
import { type Metric, metricsOf } from "./metrics.js";
import { alertRules, type MonitoringOptions } from "./options.js";
import { type HealthOverview, overviewOf } from "./overview.js";
import { QueryLog } from "./query-log.js";
import { tellAlerts } from "./tell-alerts.js";
import type { WatchedArm } from "./watched-arm.js";

export type CostGrouping = "model" | "tenant" | "day";

export type MonitorVerbs = {
  /** Health at a glance, from what is known already. */
  overview(): Promise<HealthOverview>;
  /** Alerts that stand, and those that began and ended lately. */
  alerts(): Promise<{ alerts: Alert[]; events: AlertNews[] }>;
  /**
   * Judges all vectors again and calibrates confidence, which takes some seconds. `rebase`: from now on the index as it is
   * now is the known-good one, which needs a library that is open for writing. Throws LIBRARY_READ_ONLY.
   */
  check(options?: { rebase?: boolean }): Promise<HealthOverview>;
  /** Looks for what could be behind bad answers, which takes some seconds: findings, and the most likely causes with what mends them. */
  diagnose(): Promise<Diagnosis>;
  /** What embedding has cost since the library was made, and what the same tokens would have cost elsewhere. */
  cost(by?: CostGrouping): Promise<CostReport>;
  /** For scrapers. */
  metrics(): Promise<Metric[]>;
  /** Resolves when what came in has been judged. */
  settled(): Promise<void>;
};

export type MonitorParts = {
  library: string;
  reader: StoreReader;
  /** undefined: the library is open for reading only. */
  ingest: IngestClient | undefined;
  arms(): readonly WatchedArm[];
  scales: ConfidenceScales;
  crossEncoder: string | null;
  options: MonitoringOptions;
  /** Documents that are due by their policies. */
  countStale(): Promise<number>;
  cacheLookups(): Promise<{ entries: number; lookups: number; hits: number }>;
  libraryBytes(): Promise<number>;
  clock: Clock;
  onNotice(notice: string): void;
};

const MINUTE_MS = 60_000;
/** What is begun by itself begins after this: a command that ends soon is not kept busy. */
const FIRST_LOOK_MS = 5_000;
const KEPT_NEWS = 50;

type Counts = { documents: number; bytes: number; atMs: number };

export class Monitor implements MonitorVerbs {
  readonly #parts: MonitorParts;
  readonly #log = new QueryLog();
  readonly #alerts = new AlertKeeper();
  readonly #ledger = new CostLedger();
  readonly #desk: HealthDesk;
  #news: AlertNews[] = [];
  /** What was judged last. */
  #judged: ReturnType<typeof judgedIn> = [];
  #stopTimer: () => void = () => undefined;
  #telling: Promise<void> = Promise.resolve();
  #diagnosing: Promise<Diagnosis> | undefined;
  #counts: Counts | undefined;
  #isClosed = false;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.#desk = new HealthDesk({
      ...parts,
      now: parts.clock.now,
      onJudged: async () => this.#takeNews(this.#judge(await this.#notes())),
    });
  }

  /** Takes in what was known when the library was closed, and begins to watch. */
  async start(): Promise<void> {
    const { clock, arms } = this.#parts;
    const [active] = arms();
    const notes = await this.#notes();
    const id = active!.generation.id;
    this.#desk.restore(id, notes);
    const scores = notes.states["top-scores"];
    this.#log.absorb(notes.minutes, id, scores === undefined ? [] : (JSON.parse(scores) as number[]));
    const stored = Object.entries(notes.alertStates).map(
      ([rule, json]) => [rule, JSON.parse(json) as { state: AlertStates[string]; sentence: string }] as const,
    );
    this.#alerts.restore(
      Object.fromEntries(stored.map(([rule, { state }]) => [rule, state])),
      Object.fromEntries(stored.map(([rule, { sentence }]) => [rule, sentence])),
    );
    // What stood before is no news.
    this.#judge(notes);
    this.#step();
    this.#news = notes.alertEvents.map(({ event }) => JSON.parse(event) as AlertNews);
    this.#stopTimer = clock.after(FIRST_LOOK_MS, () => {
      if (this.#parts.ingest && notes.runs.some(({ health }) => health === null)) this.#desk.consider();
      if (this.#parts.ingest) this.#considerCalibration();
      this.#waitForMinute();
    });
  }

  /** Notes an answer. */
  noteSearch(response: Omit<SearchResponse, "searchId">): void {
    const { tookMs, candidates, similarity, remembered, degraded, generation } = response;
    this.#log.record(
      {
        latencyMs: tookMs,
        results: candidates,
        topScore: similarity?.best,
        gap: similarity?.gap,
        cache: remembered === undefined ? undefined : remembered ? "hit" : "miss",
        isDegraded: degraded.length > 0,
        isLowConfidence: isLowConfidence(response),
      },
      generation,
      this.#parts.clock.now(),
    );
  }

  noteFailure(): void {
    this.#log.recordFailure();
  }

  noteQueryCost(tenant: string, model: EncodingModel, cost: QueryCost): void {
    this.#ledger.add({ tenant, ...model }, cost, this.#parts.clock.now());
  }

  /** Something has come in together. */
  noteRun(): void {
    this.#desk.consider();
    this.#considerCalibration();
  }

  async overview(): Promise<HealthOverview> {
    const { clock, arms, scales } = this.#parts;
    const nowMs = clock.now();
    const { generation } = arms()[0]!;
    const notes = await this.#notes();
    this.#step();
    this.#takeNews(this.#judge(notes));
    return overviewOf({
      nowMs,
      generation,
      notes,
      alerts: this.#alerts.standing(),
      events: this.#news,
      queries: {
        lastHour: this.#log.summary(nowMs),
        lastFiveMinutes: this.#log.summary(nowMs, 5),
        minutes: this.#log.points(nowMs),
      },
      confidence: scales.get(generation.id),
    });
  }

  async alerts(): Promise<{ alerts: Alert[]; events: AlertNews[] }> {
    this.#step();
    return { alerts: this.#alerts.standing(), events: this.#news };
  }

  async check({ rebase = false }: { rebase?: boolean } = {}): Promise<HealthOverview> {
    await this.#parts.ingest?.call("keepMinute", { minutes: [], firstKept: 0, costs: [], states: [] });
    await this.#desk.judge({ runs: "all", rebase });
    if (this.#parts.options.calibrate) await this.#desk.calibrate({ anew: true });
    return this.overview();
  }

  diagnose(): Promise<Diagnosis> {
    this.#diagnosing ??= this.#diagnose().finally(() => {
      this.#diagnosing = undefined;
    });
    return this.#diagnosing;
  }

  async cost(by: CostGrouping = "model"): Promise<CostReport> {
    return costReport(await this.#costs(), by, this.#parts.options.prices);
  }

  async metrics(): Promise<Metric[]> {
    const { reader, arms, clock } = this.#parts;
    const { index } = arms()[0]!;
    const vectors = index.vectors.size();
    const [jobs, costs, counts] = await Promise.all([
      reader.call("queueDepth", null),
      reader.call("costs", null),
      this.#countsNow(),
    ]);
    const { total } = costReport([...costs, ...this.#ledger.entries()], "model", []);
    const { lowConfidenceRate, averageTopScore } = this.#log.summary(clock.now(), 5);
    const alerts = this.#alerts.standing();
    const figures = this.#judged.find(({ source }) => source === "index")?.report.figures;
    const { status } = overviewStatus(alerts, figures !== undefined);
    return metricsOf({
      version: packageVersion,
      totals: this.#log.totals,
      lowConfidenceRate,
      averageTopScore,
      jobs: { queued: jobs.queued, running: jobs.running, failed: jobs.failed },
      documents: counts.documents,
      chunks: vectors.rows,
      vectorBytes: vectors.bytes,
      libraryBytes: counts.bytes,
      tokens: { embedded: total.tokens, saved: total.savedTokens },
      embeddingSeconds: total.cpuSeconds,
      health: {
        status,
        shift: figures?.mmd ?? null,
        coherence: figures?.coherence ?? null,
        normDrift: figures?.normDrift ?? null,
      },
      alerts: {
        warning: alerts.filter(({ severity }) => severity === "warning").length,
        critical: alerts.filter(({ severity }) => severity === "critical").length,
      },
    });
  }

  settled(): Promise<void> {
    return this.#desk.settled();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimer();
    await this.#desk.close();
    await this.#diagnosing?.catch(() => undefined);
    await this.#telling;
    await this.#write().catch(() => undefined);
  }

  async #diagnose(): Promise<Diagnosis> {
    const { library, arms, scales, clock, countStale, cacheLookups } = this.#parts;
    await this.#desk.settled();
    const [notes, counts, overdue, cache] = await Promise.all([
      this.#notes(),
      this.#parts.reader.call("counts", null),
      countStale(),
      cacheLookups(),
    ]);
    const facts = await gatherFacts({
      ...{ library, notes, overdue, cache, scales },
      arm: arms()[0]!,
      log: this.#log,
      documents: counts.documents,
      nowMs: clock.now(),
      signal: this.#desk.signal,
    });
    return diagnose(facts);
  }

  async #notes(): Promise<QualityNotes> {
    const { reader, arms } = this.#parts;
    const { id } = arms()[0]!.generation;
    return this.#desk.withUnkept(await reader.call("qualityNotes", { generation: id }), id);
  }

  async #costs(): Promise<CostEntry[]> {
    await this.#parts.ingest?.call("keepMinute", { minutes: [], firstKept: 0, costs: [], states: [] });
    return [...(await this.#parts.reader.call("costs", null)), ...this.#ledger.entries()];
  }

  /** Counting goes through whole tables: what was counted is used for a minute, and counted anew while that is used. */
  async #countsNow(): Promise<Counts> {
    const { reader, libraryBytes, clock } = this.#parts;
    const count = async () => {
      const [{ documents }, bytes] = await Promise.all([reader.call("counts", null), libraryBytes()]);
      this.#counts = { documents, bytes, atMs: clock.now() };
      return this.#counts;
    };
    if (!this.#counts) return count();
    if (clock.now() - this.#counts.atMs >= MINUTE_MS) count().catch(() => undefined);
    return this.#counts;
  }

  #judge(notes: QualityNotes): AlertNews[] {
    this.#judged = judgedIn(notes, this.#parts.arms()[0]!.generation.id);
    return this.#alerts.judge(this.#judged);
  }

  #waitForMinute(): void {
    if (this.#isClosed) return;
    const { clock, onNotice } = this.#parts;
    const leftMs = MINUTE_MS - (clock.now() % MINUTE_MS);
    this.#stopTimer = clock.after(leftMs, () => {
      this.#step();
      this.#write().catch((error) => onNotice(`How queries fared could not be written down: ${messageOf(error)}`));
      this.#waitForMinute();
    });
  }

  #step(): void {
    const { clock, options, scales, arms } = this.#parts;
    const nowMs = clock.now();
    const calibrated = scales.get(arms()[0]!.generation.id);
    // Top scores are cosines; how many answers are of low confidence is told by what confidence is told by.
    const confidence = calibrated?.logit ?? calibrated?.cosine;
    const calibration = calibrated?.cosine &&
      confidence && { ...calibrated.cosine, missRate: confidence.missRate, falseRate: confidence.falseRate };
    const rules = alertRules(options, calibration);
    this.#takeNews(this.#alerts.step(rules, (minutes) => this.#log.summary(nowMs, minutes), nowMs));
  }

  #takeNews(news: readonly AlertNews[]): void {
    if (news.length === 0) return;
    const { options, onNotice, ingest } = this.#parts;
    for (const { sentence } of news) onNotice(sentence);
    this.#news = [...[...news].reverse(), ...this.#news].slice(0, KEPT_NEWS);
    const events = news.map((event) => ({ atMs: Date.parse(event.at), event: JSON.stringify(event) }));
    const alerts = { states: this.#alerts.stored(), events };
    ingest
      ?.call("keepMinute", { minutes: [], firstKept: 0, costs: [], states: [], alerts })
      .catch((error) => onNotice(`An alert could not be written down: ${messageOf(error)}`));
    this.#telling = this.#telling.then(() => tellAlerts(news, options, onNotice));
  }

  async #write(): Promise<void> {
    const { ingest, clock, arms } = this.#parts;
    if (!ingest) return;
    const nowMs = clock.now();
    const minutes = this.#log.takeMinutes(nowMs);
    const costs = this.#ledger.drain();
    const { id } = arms()[0]!.generation;
    const scores = this.#log.topScores(id);
    if (minutes.length === 0 && costs.length === 0) return;
    await ingest.call("keepMinute", {
      minutes,
      firstKept: this.#log.firstKept(nowMs),
      costs,
      alerts: { states: this.#alerts.stored(), events: [] },
      states: scores.length > 0 ? [{ generation: id, name: "top-scores", value: JSON.stringify(scores) }] : [],
    });
  }

  #considerCalibration(): void {
    if (this.#parts.options.calibrate) void this.#desk.considerCalibration();
  }
}

/** Whether an answer is of low confidence. What nobody has calibrated says so only where there is no answer at all. */
export function isLowConfidence({
  confidence,
  confidenceFrom,
  candidates,
}: Pick<SearchResponse, "confidence" | "confidenceFrom" | "candidates">): boolean {
  if (candidates === 0) return true;
  return confidenceFrom === "calibration" && confidence !== undefined && confidence < uncalibratedThreshold;
}

function overviewStatus(alerts: readonly Alert[], isJudged: boolean): { status: string } {
  return { status: alerts[0]?.severity ?? (isJudged ? "healthy" : "unknown") };
}

/** What was judged last: of the newest run that was, and of the whole index. */
function judgedIn(
  { runs, states }: QualityNotes,
  generation: number,
): { source: "batch" | "index"; report: HealthReport; atMs: number }[] {
  const run = runs.find(
    (candidate) =>
      candidate.generation === generation &&
      candidate.health !== null &&
      (JSON.parse(candidate.health) as HealthReport).status !== "unknown",
  );
  const index = states["index-health"];
  return [
    ...(run
      ? [{ source: "batch" as const, report: JSON.parse(run.health!) as HealthReport, atMs: run.finishedMs }]
      : []),
    ...(index
      ? [{ source: "index" as const, report: JSON.parse(index) as HealthReport, atMs: run?.finishedMs ?? 0 }]
      : []),
  ];
}
