// Judges what came in and calibrates confidence: in the background after runs, and on request. One look at a time.

import { LodestoneError, messageOf } from "../errors.js";
import type { IngestClient, JudgedHealth } from "../ingest/index.js";
import type { QualityNotes, StoreReader } from "../store/index.js";
import { askQueries, calibrated, unrelatedTo } from "./calibrate-arm.js";
import type { CalibratedConfidence, ConfidenceScales } from "./confidence-scales.js";
import { withHealthThread } from "./health-thread.js";
import type { JudgeRequest } from "./judge-health.js";
import type { WatchedArm } from "./watched-arm.js";

export type HealthDeskParts = {
  library: string;
  reader: StoreReader;
  /** undefined: the library is open for reading only, and nothing is kept. */
  ingest: IngestClient | undefined;
  /** The generations that answer queries, the active one first. */
  arms(): readonly WatchedArm[];
  scales: ConfidenceScales;
  crossEncoder: string | null;
  now(): number;
  onJudged(): Promise<void>;
  onNotice(notice: string): void;
};

/** Documents from which confidence is calibrated, and queries that it takes. */
const FEWEST_DOCUMENTS = 60;
const KNOWN_QUERIES = 60;
const FEWEST_QUERIES = 24;
/** Calibrated anew where the library has grown or shrunk so many times. */
const GROWN = 2;
const BACKGROUND_LOAD = 0.25;

export class HealthDesk {
  readonly #parts: HealthDeskParts;
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #judging: Promise<void> | undefined;
  #judgeAgain = false;
  /** Somebody waits for so many calibrations. */
  #hurried = 0;
  /** What was judged and cannot be kept. */
  readonly #unkept = new Map<number, JudgedHealth>();

  constructor(parts: HealthDeskParts) {
    this.#parts = parts;
  }

  /** Judges runs that were not judged yet, in the background. */
  consider(): void {
    this.#judgeAgain = true;
    this.#judging ??= this.#judgeNew().finally(() => {
      this.#judging = undefined;
    });
  }

  /** Resolves when what is being judged has been. */
  async settled(): Promise<void> {
    await this.#judging;
  }

  /** Judges all runs again. Throws what goes wrong. */
  async judge(request: Omit<JudgeRequest, "nowMs">): Promise<void> {
    const { library, ingest, arms, now, onJudged } = this.#parts;
    await this.#alone(async () => {
      for (const { generation } of arms()) {
        const judged = await withHealthThread(library, generation.id, this.#stop.signal, (client) =>
          client.call("judge", { ...request, nowMs: now() }),
        );
        if (ingest) await ingest.call("keepHealth", judged);
        else this.#unkept.set(generation.id, judged);
      }
      await onJudged();
    });
  }

  /** Notes with what was judged here and could not be kept. */
  withUnkept(notes: QualityNotes, generation: number): QualityNotes {
    const judged = this.#unkept.get(generation);
    if (!judged) return notes;
    const healthOf = new Map(judged.runs.map(({ id, health }) => [id, health]));
    const states = Object.entries({ ...notes.states, ...judged.states }).filter(([, value]) => value !== null);
    return {
      ...notes,
      runs: notes.runs.map((run) => ({ ...run, health: healthOf.get(run.id) ?? run.health })),
      baselineRows: judged.baseline?.rows.length ?? notes.baselineRows,
      states: Object.fromEntries(states) as Record<string, string>,
    };
  }

  /**
   * Calibrates confidence where that is due: the library has documents enough, and is another one than when it was done last. `anew`:
   * in any case, and as quickly as it can be done.
   */
  async calibrate({ anew = false }: { anew?: boolean } = {}): Promise<void> {
    const { reader, arms, scales, now } = this.#parts;
    const { documents } = await reader.call("counts", null);
    if (documents < FEWEST_DOCUMENTS) return;
    const askedMs = now();
    const isDue = (arm: WatchedArm) => {
      const held = scales.get(arm.generation.id);
      return anew ? (held?.atMs ?? 0) < askedMs : this.#isDue(held, documents);
    };
    if (anew) this.#hurried++;
    try {
      for (const arm of arms()) {
        await this.#alone(async () => (isDue(arm) ? this.#calibrateArm(arm, documents) : undefined));
      }
    } finally {
      if (anew) this.#hurried--;
    }
  }

  /** The same, in the background. */
  async considerCalibration(): Promise<void> {
    try {
      await this.calibrate();
    } catch (error) {
      this.#tell("Confidence could not be calibrated", error);
    }
  }

  /** Takes in what was calibrated before. */
  restore(generation: number, notes: QualityNotes): void {
    const stored = notes.states.confidence;
    if (stored === undefined) return;
    const found = JSON.parse(stored) as CalibratedConfidence;
    if (found.crossEncoder === this.#parts.crossEncoder) this.#parts.scales.set(generation, found);
  }

  async close(): Promise<void> {
    this.#stop.abort(new LodestoneError("CLOSED", "The engine is closed."));
    await this.#judging;
    await this.#running.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async #judgeNew(): Promise<void> {
    while (this.#judgeAgain && !this.#stop.signal.aborted) {
      this.#judgeAgain = false;
      try {
        await this.judge({ runs: "new", rebase: false });
      } catch (error) {
        this.#tell("What was ingested could not be judged", error);
      }
    }
  }

  async #calibrateArm(arm: WatchedArm, documents: number): Promise<void> {
    const { library, scales, crossEncoder, now, ingest } = this.#parts;
    const { id } = arm.generation;
    const { signal } = this.#stop;
    const queries = await withHealthThread(library, id, signal, (client) =>
      client.call("knownQueries", { count: KNOWN_QUERIES }),
    );
    if (queries.length < FEWEST_QUERIES) return;
    const load = () => (this.#hurried > 0 ? 1 : BACKGROUND_LOAD);
    const answered = await askQueries(arm, queries, { signal, load });
    const unanswered = await askQueries(arm, unrelatedTo(queries), { signal, load });
    const found = calibrated(answered, unanswered, { crossEncoder, documents, queries: queries.length, atMs: now() });
    if (!found) return;
    scales.set(id, found);
    const states = [{ generation: id, name: "confidence", value: JSON.stringify(found) }];
    await ingest?.call("keepMinute", { minutes: [], firstKept: 0, costs: [], states });
  }

  #isDue(held: CalibratedConfidence | undefined, documents: number): boolean {
    if (!held || held.crossEncoder !== this.#parts.crossEncoder) return true;
    return documents >= held.documents * GROWN || documents * GROWN <= held.documents;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#running.catch(() => undefined).then(work);
    this.#running = done;
    done.catch(() => undefined);
    return done;
  }

  #tell(what: string, error: unknown): void {
    if (!this.#stop.signal.aborted) this.#parts.onNotice(`${what}: ${messageOf(error)}`);
  }
}
