// The graph in use: loads it, knows which of its rows still hold, walks it, and measures what its walks find.

import { setImmediate } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import { availableMemory, checkMemory } from "./available-memory.js";
import type { QuerySource } from "./calibration.js";
import type { PlanFacts } from "./choose-plan.js";
import { calibrationQueries, spread } from "./code-upkeep.js";
import { ExactSearch } from "./exact.js";
import { type AddonState, Graph } from "./graph.js";
import { type GraphCalibration, type GraphCalibrationStatus, measureGraph } from "./graph-calibration.js";
import { fingerprintOf, payloadPath, readCurrentGraph, verifyGraphFile } from "./graph-file.js";
import type { Kernels } from "./kernels/kernels.js";
import type { RecentQueries } from "./recent-queries.js";
import { RowBitmap } from "./row-bitmap.js";
import type { VectorStore } from "./vector-store.js";

export type GraphPlace = { directory: string; modelVersion: string };

export type GraphStatus =
  | { state: "unavailable" | "none"; reason: string }
  | {
      state: "ready";
      rows: number;
      /** Of `rows` so many are live and unchanged since; rows outside the graph are scanned. */
      usable: number;
      sequence: number;
      bytes: number;
      /** What walks were measured to find; absent until they have been. */
      calibration?: GraphCalibrationStatus;
    };

/** Slots of a search that are in the graph. */
export type UsableSlots = { slots: RowBitmap; rows: number };

/** `covered`: slots whose vectors are those of the graph. */
type LoadedGraph = {
  graph: Graph;
  covered: RowBitmap;
  sequence: number;
  bytes: number;
  calibration: GraphCalibration | undefined;
  /** There was no room to measure. */
  unmeasurable: boolean;
};

/** About 5 ms of fingerprints at 512 dimensions. */
const rowsPerSlice = 8192;
/** The tail of a walk's ef candidates is thin: of k = ef = 200 results 97 % are right. */
const efPerResult = 1.5;

export class GraphSearch {
  readonly #store: VectorStore;
  readonly #kernels: Kernels;
  readonly #addon: AddonState;
  #loaded: LoadedGraph | undefined;
  /** Slots bound while a graph is being loaded: what it knows of them is void. */
  #boundWhileLoading: RowBitmap | undefined;
  #measuring: Iterator<void, GraphCalibration> | undefined;
  #exact: ExactSearch | undefined;

  constructor(store: VectorStore, kernels: Kernels, addon: AddonState) {
    this.#store = store;
    this.#kernels = kernels;
    this.#addon = addon;
  }

  /** Slots whose vectors are those of the graph; undefined where there is no graph. */
  get covered(): RowBitmap | undefined {
    return this.#loaded?.covered;
  }

  /** What walks were measured with, where they were. */
  get source(): QuerySource | undefined {
    return this.#loaded?.calibration?.source;
  }

  /** `slot` holds another vector from now on. */
  forget(slot: number): void {
    this.#loaded?.covered.delete(slot);
    this.#boundWhileLoading?.add(slot);
  }

  /** Those of `slots`, live ones, that are in the graph. */
  usableOf(slots: RowBitmap): UsableSlots | undefined {
    if (!this.#loaded) return undefined;
    const usable = this.#loaded.covered.clone().and(slots);
    return { slots: usable, rows: usable.count() };
  }

  facts(usable: UsableSlots | undefined): PlanFacts["graph"] {
    if (this.#addon.state === "unavailable") return this.#addon;
    if (!this.#loaded || !usable) return { state: "none", reason: "no graph is loaded" };
    const { graph, calibration } = this.#loaded;
    return { state: "ready", rows: graph.rowCount, eligibleRows: usable.rows, calibration };
  }

  /**
   * All usable slots among the `ef` nearest; undefined where there is no answer in them: they are too few, or the last one wanted
   * lies where walks miss much.
   */
  walk(query: Float32Array, wanted: number, ef: number, usable: UsableSlots): number[] | undefined {
    if (!this.#loaded) return undefined;
    const slots: number[] = [];
    const enough = Math.min(wanted, usable.rows);
    let place = 0;
    let lastWanted = 0;
    for (const row of this.#loaded.graph.nearest(query, ef)) {
      place++;
      const slot = this.#store.slotOf(row);
      if (slot < 0 || !usable.slots.has(slot)) continue;
      slots.push(slot);
      if (slots.length === enough) lastWanted = place;
    }
    if (slots.length < enough) return undefined;
    return lastWanted * efPerResult > Math.max(ef, enough * efPerResult) ? undefined : slots;
  }

  /** Measures for about `ms`, with `asked` where there are enough of them; true where something is left to do. */
  work(ms: number, asked: RecentQueries): boolean {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      try {
        this.#measuring ??= this.#nextMeasurement(asked);
        if (!this.#measuring || !this.#loaded) return false;
        const { done, value } = this.#measuring.next();
        if (!done) continue;
        this.#loaded.calibration = value;
      } catch (error) {
        // The memory is full: ef stays what it is without a measurement.
        if (!(error instanceof LodestoneError) || !this.#loaded) throw error;
        this.#loaded.unmeasurable = true;
      }
      this.#measuring = undefined;
    }
    return this.#measuring !== undefined;
  }

  /**
   * Loads the verified graph and puts it in place of the present one in one step; searches and changes go on meanwhile. Throws
   * GRAPH_UNAVAILABLE where there is no addon, or not the memory.
   */
  async load(place: GraphPlace, signal?: AbortSignal, memoryBytes = availableMemory): Promise<void> {
    const addon = this.#addon;
    if (addon.state === "unavailable") throw new LodestoneError("GRAPH_UNAVAILABLE", addon.reason);
    if (this.#boundWhileLoading) throw new LodestoneError("INVALID_INPUT", "A graph is being loaded already.");
    const bound = new RowBitmap();
    this.#boundWhileLoading = bound;
    try {
      const { dimensions } = this.#store;
      const { header, graph } = await readCurrentGraph(place.directory, async () => {
        const header = await verifyGraphFile(place.directory, { ...place, dimensions }, signal);
        checkMemory("loading", header.rows.length, dimensions, memoryBytes());
        const path = payloadPath(place.directory, header.payloadId);
        return { header, graph: await Graph.read(addon.addon, path, dimensions, header.rows.length) };
      });
      const covered = await this.#unchangedSlots(header.rows, header.fingerprints);
      covered.andNot(bound);
      this.#loaded?.graph.release();
      this.#measuring = undefined;
      const { sequence, payloadBytes: bytes } = header;
      this.#loaded = { graph, covered, sequence, bytes, calibration: undefined, unmeasurable: false };
    } finally {
      this.#boundWhileLoading = undefined;
    }
  }

  status(): GraphStatus {
    if (this.#addon.state === "unavailable") return this.#addon;
    if (!this.#loaded) return { state: "none", reason: "no graph is loaded" };
    const { graph, covered, sequence, bytes, calibration } = this.#loaded;
    const usable = covered.clone().and(this.#store.live).count();
    return {
      ...{ state: "ready", rows: graph.rowCount, usable, sequence, bytes },
      ...(calibration ? { calibration: calibration.status() } : {}),
    };
  }

  #nextMeasurement(asked: RecentQueries): Iterator<void, GraphCalibration> | undefined {
    const loaded = this.#loaded;
    if (!loaded || loaded.unmeasurable) return undefined;
    const enough = asked.size >= calibrationQueries / 2;
    const outdated = loaded.calibration?.source === "rows" && asked.size === calibrationQueries;
    if (loaded.calibration && !outdated) return undefined;
    const usable = () => loaded.covered.clone().and(this.#store.live);
    this.#exact ??= new ExactSearch(this.#store, this.#kernels);
    return measureGraph({
      ...{ store: this.#store, exact: this.#exact, usable },
      sample: enough ? asked.all() : spread(usable(), calibrationQueries),
      walk: (query, ef) => loaded.graph.nearest(query, ef).map((row) => this.#store.slotOf(row)),
    });
  }

  /** Slots of the live ones among `rows` whose vectors are those that went into the graph. Reads them all, in slices. */
  async #unchangedSlots(rows: Uint32Array, fingerprints: Uint32Array): Promise<RowBitmap> {
    const unchanged = new RowBitmap();
    const vector = new Float32Array(this.#store.dimensions);
    const bits = new Uint32Array(vector.buffer);
    for (let i = 0; i < rows.length; i++) {
      if (i % rowsPerSlice === rowsPerSlice - 1) await setImmediate();
      const slot = this.#store.slotOf(rows[i]!);
      if (slot < 0) continue;
      this.#store.read(slot, vector, 0);
      if (fingerprintOf(bits) === fingerprints[i]) unchanged.add(slot);
    }
    return unchanged;
  }
}
