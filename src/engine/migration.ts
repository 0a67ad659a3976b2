// Migration as the engine offers it: opens the other side, sends it its share of the queries, compares the two, and takes the new one off
// the queries where it is worse than it may be.

import { createHash } from "node:crypto";
import { atDimensions, type Catalogue, type CrossEncoder } from "../encoders/index.js";
import { LodestoneError, messageOf } from "../errors.js";
import type { FillProgress, IngestClient } from "../ingest/index.js";
import { parseInput } from "../input/parse-input.js";
import { isLowConfidence } from "../monitoring/index.js";
import type { SearchResponse } from "../retrieval/index.js";
import type { Generation, Migration, MigrationShare, StoreReader } from "../store/index.js";
import { type Arm, openShadowArm, type SearchingParts } from "./arm.js";
import { FigureKeeper } from "./arm-figures.js";
import type { Arms } from "./arms.js";
import { modelsOfGeneration, type ShadowModels } from "./choose-models.js";
import { brokenRail } from "./guard-rails.js";
import { dropIndexFolder } from "./index-folder.js";
import {
  checkMigratedChunking,
  type MigrationRequest,
  type MigrationSide,
  type MigrationStatus,
  type MigrationVerbs,
  migrationRequestSchema,
  splitSchema,
} from "./migration-options.js";
import { type CheckedEngineOptions, chunkingOf } from "./options.js";
import { type Asked, feedbackBounds, SearchMemory } from "./search-memory.js";

export type MigrationDeskParts = {
  library: string;
  arms: Arms;
  reader: StoreReader;
  /** undefined: the library is open for reading only. */
  ingest: IngestClient | undefined;
  catalogue: Catalogue;
  crossEncoder: CrossEncoder | undefined;
  options: CheckedEngineOptions;
  /** Does `change` after all changes of the index in memory that were told before. */
  inOrder<T>(change: () => Promise<T>): Promise<T>;
  onNotice(notice: string): void;
  searching: SearchingParts;
};

/** Searches between two looks at the guard rails, and two notes of the figures. */
const LOOK_EVERY = 10;
const NOTE_EVERY = 100;

export class MigrationDesk implements MigrationVerbs {
  readonly #parts: MigrationDeskParts;
  readonly #memory = new SearchMemory();
  #migration: Migration | undefined;
  #figures = new Map<number, FigureKeeper>();
  #progress: FillProgress | undefined;
  #searches = 0;
  #seenVersion: number | undefined;
  #rollingBack = false;
  /** Why the other index could not be opened. */
  #resting: string | undefined;

  constructor(parts: MigrationDeskParts) {
    this.#parts = parts;
  }

  /** Where another process writes the library: answers from the generation that is active there now. */
  async followActive(): Promise<void> {
    const { arms, reader, library, options, crossEncoder, searching } = this.#parts;
    const version = await reader.call("version", null);
    if (version === this.#seenVersion) return;
    const generation = await reader.call("generation", null);
    if (generation.id !== arms.active.generation.id) {
      const models = modelsOfGeneration(this.#parts.catalogue, generation);
      arms.begin(await openShadowArm({ library, generation, ...models, options, ...searching }, crossEncoder));
      arms.swap();
      await arms.endShadow();
    }
    this.#seenVersion = version;
  }

  /** Goes on with the migration that is under way. */
  async resume(): Promise<void> {
    const { reader, ingest, onNotice } = this.#parts;
    if (!ingest) return;
    const state = await reader.call("migration", null);
    if (!state || state.migration.endedAtMs !== null) return;
    this.#take(state.migration);
    try {
      const shadow = (await reader.call("shadow", null))!;
      await this.#openShadow(shadow, modelsOfGeneration(this.#parts.catalogue, shadow));
      // What the shadow lacks has been told by now; what was read above may be of before the queue went on.
      await this.#parts.inOrder(async () => undefined);
    } catch (error) {
      this.#resting = messageOf(error);
      onNotice(`The migration under way rests, and searches go on without it: ${this.#resting}`);
    }
  }

  /** Which generation answers: the same for all searches of one key. */
  armFor(key: string): Arm {
    const { arms } = this.#parts;
    const other = arms.completeShadow;
    const share = this.#migration?.share ?? 0;
    if (!other || share === 0 || other.generation.id !== this.#migration?.target) return arms.active;
    return slotOf(key, this.#migration.id) < share ? other : arms.active;
  }

  /** Notes an answer; the id by which feedback names it. */
  noteSearch(response: Omit<SearchResponse, "searchId">, tenant: string, asked: Asked): string {
    const { generation, confidence, confidenceFrom, tookMs, hits } = response;
    const { lowConfidence } = this.#parts.options.migration;
    const isLow = confidenceFrom === "calibration" ? isLowConfidence(response) : (confidence ?? 1) < lowConfidence;
    this.#keeper(generation)?.noteSearch({ ms: tookMs, confidence, isLow });
    this.#afterSearch();
    return this.#memory.remember(generation, tenant, asked, hits);
  }

  noteFailure(generation: number): void {
    this.#keeper(generation)?.noteFailure();
    this.#afterSearch();
  }

  /** Resolves when it is on the disk, where the library is open for writing. Throws INVALID_INPUT, UNKNOWN_FIELD or NOT_FOUND. */
  async feedback(given: unknown, tenant: string): Promise<void> {
    const { effect, search } = this.#memory.take(given, tenant);
    if (effect) {
      const keeper = this.#keeper(effect.generation);
      if (effect.kind === "click") keeper?.noteClick();
      else keeper?.noteNdcg(effect.value, effect.before);
    }
    const keep = feedbackBounds(this.#parts.options.feedback);
    if (search) await this.#parts.ingest?.call("noteFeedback", { tenant, search, keep });
  }

  /** No feedback on a tenant's earlier answers is taken any more. */
  forgetSearches(tenant: string): void {
    this.#memory.forget(tenant);
  }

  noteProgress(progress: FillProgress): void {
    this.#progress = progress;
    this.#parts.arms.lacking = progress.lacking;
  }

  async status(): Promise<MigrationStatus | undefined> {
    const state = await this.#parts.reader.call("migration", null);
    if (!state) return undefined;
    const { migration, active, documents, lacking } = state;
    const stored = storedFigures(migration);
    const isOver = migration.endedAtMs !== null;
    const isPromoted = active === migration.target;
    const share = isPromoted ? 100 : migration.share;
    const { rate, remainingMs } = isOver ? { rate: null, remainingMs: null } : this.#pace(lacking);
    const failing = this.#resting !== undefined && !isOver ? lacking : (this.#progress?.failing ?? 0);
    return {
      id: migration.id,
      state: isOver ? "ended" : isPromoted ? "promoted" : lacking > 0 ? "filling" : share > 0 ? "split" : "ready",
      share,
      documents: { done: documents - lacking, total: documents },
      rate,
      remainingMs,
      failing: failing > 0 ? { documents: failing, error: this.#resting ?? this.#progress?.error ?? "" } : null,
      source: this.#side(state.source, active, stored),
      target: this.#side(state.target, active, stored),
      reason: migration.reason,
      startedAt: new Date(migration.startedAtMs).toISOString(),
      endedAt: migration.endedAtMs === null ? null : new Date(migration.endedAtMs).toISOString(),
    };
  }

  async start(request: MigrationRequest): Promise<MigrationStatus> {
    const ingest = this.#writer();
    const {
      model: name,
      sparseEncoder,
      dimensions,
      maxTokens,
      overlapTokens,
    } = parseInput(migrationRequestSchema, request, "migration");
    const { arms, catalogue, reader } = this.#parts;
    const { generation } = arms.active;
    const found = catalogue.find("bi-encoder", name ?? generation.modelName);
    const width = dimensions ?? (name === undefined ? generation.dimensions : undefined);
    const model = width === undefined || width === found.dimensions ? found : atDimensions(found, width);
    const sparseName = sparseEncoder === undefined ? generation.sparseModelName : sparseEncoder;
    const sparseModel = sparseName === null ? undefined : catalogue.find("sparse-encoder", sparseName);
    const chunking = chunkingOf({ maxTokens, overlapTokens }, generation);
    checkMigratedChunking(chunking, model);
    await this.#noteUses();
    const started = await ingest.call("startMigration", { model, sparseModel, chunking });
    this.#figures.clear();
    this.#progress = undefined;
    this.#take(started);
    try {
      await this.#openShadow((await reader.call("shadow", null))!, { model, sparseModel });
    } catch (error) {
      // A model that cannot be opened leaves no migration behind that never gets anywhere. Where that fails too, the first error tells more.
      await this.finish().catch(() => undefined);
      throw error;
    }
    return (await this.status())!;
  }

  async split(share: number): Promise<MigrationStatus> {
    const ingest = this.#writer();
    const { share: checked } = parseInput(splitSchema, { share }, "split");
    const { migration } = await this.#underWay();
    if (this.#parts.arms.active.generation.id === migration.target) {
      throw new LodestoneError("INVALID_INPUT", "The new index answers all queries: it is promoted. Roll back first.");
    }
    if (checked > 0) this.#expectOpen();
    await this.#setShare(ingest, checked, null);
    return (await this.status())!;
  }

  async promote(): Promise<MigrationStatus> {
    const ingest = this.#writer();
    const { migration, active } = await this.#underWay();
    if (active !== migration.target) {
      await this.#swap(ingest, null);
    }
    return (await this.status())!;
  }

  async rollback(reason = "asked for"): Promise<MigrationStatus> {
    const ingest = this.#writer();
    const { migration, active } = await this.#underWay();
    if (active === migration.target) {
      await this.#swap(ingest, reason);
    } else await this.#setShare(ingest, 0, reason);
    return (await this.status())!;
  }

  async finish(): Promise<MigrationStatus> {
    const ingest = this.#writer();
    const { arms, library, inOrder } = this.#parts;
    const { migration, active, source, target } = await this.#underWay();
    const dropped = active === migration.source ? target : source;
    await this.#noteFigures(ingest);
    // No search begins there from now on, and those on their way get their answers.
    if (this.#migration) this.#migration = { ...this.#migration, share: 0 };
    await arms.searched(arms.shadow);
    await ingest.call("finishMigration", null);
    await inOrder(() => arms.endShadow());
    this.#migration = undefined;
    this.#resting = undefined;
    if (dropped) await dropIndexFolder(library, dropped);
    return (await this.status())!;
  }

  /** Writes down what would be lost. */
  async close(): Promise<void> {
    const { ingest } = this.#parts;
    if (!ingest) return;
    try {
      await this.#noteUses();
      if (this.#migration) await this.#noteFigures(ingest);
    } catch (error) {
      if (!(error instanceof LodestoneError)) throw error;
    }
  }

  async #openShadow(generation: Generation, models: ShadowModels): Promise<void> {
    const { library, options, arms, ingest, crossEncoder, inOrder, searching } = this.#parts;
    // Nothing is brought in before: what is written from now on is told, and what was before is read.
    const arm = await openShadowArm({ library, generation, ...models, options, ...searching }, crossEncoder);
    arms.begin(arm);
    // What was removed between the reading of its rows and now was not told to it.
    await inOrder(() => arm.index.follow());
    await ingest?.call("fillShadow", { ...models, load: options.migration.load });
  }

  #take(migration: Migration): void {
    this.#migration = migration;
    const stored = storedFigures(migration);
    for (const generation of [migration.source, migration.target]) {
      if (!this.#figures.has(generation)) this.#figures.set(generation, new FigureKeeper(stored[generation]));
    }
  }

  async #reload(): Promise<void> {
    const state = await this.#parts.reader.call("migration", null);
    if (state) this.#take(state.migration);
  }

  async #setShare(ingest: IngestClient, share: MigrationShare, reason: string | null): Promise<void> {
    await ingest.call("setMigrationShare", { share, reason });
    // That the other index is complete may have been told just now.
    await this.#parts.inOrder(async () => undefined);
    await this.#reload();
  }

  async #underWay() {
    const state = await this.#parts.reader.call("migration", null);
    if (state && state.migration.endedAtMs === null) return state;
    throw new LodestoneError("NO_MIGRATION", "No migration is under way. Start one first.");
  }

  #keeper(generation: number): FigureKeeper | undefined {
    return this.#migration ? this.#figures.get(generation) : undefined;
  }

  // Read from the library, where the other index is not open: with the figures that were noted there.
  #side(generation: Generation | undefined, active: number, stored: StoredFigures): MigrationSide | null {
    if (!generation) return null;
    const { id, modelVersion, sparseModelVersion, dimensions, maxTokens, overlapTokens } = generation;
    const figures = (this.#figures.get(id) ?? new FigureKeeper(stored[id])).figures();
    const chunking = { maxTokens, overlapTokens };
    const models = { model: modelVersion, sparseEncoder: sparseModelVersion };
    return { generation: id, ...models, dimensions, chunking, isActive: id === active, figures };
  }

  #pace(lacking: number): { rate: number | null; remainingMs: number | null } {
    const { documents = 0, ms = 0 } = this.#progress ?? {};
    if (documents === 0 || ms === 0 || lacking === 0) return { rate: null, remainingMs: null };
    const rate = (documents / ms) * 1000 * this.#parts.options.migration.load;
    return { rate, remainingMs: (lacking / rate) * 1000 };
  }

  #afterSearch(): void {
    this.#searches++;
    const { ingest, options, onNotice, arms } = this.#parts;
    if (!this.#migration || !ingest) return;
    if (this.#searches % NOTE_EVERY === 0) this.#noteFigures(ingest).catch(() => undefined);
    const { source, target, share } = this.#migration;
    const rails = options.migration.guardRails;
    if (!rails || share === 0 || this.#rollingBack || this.#searches % LOOK_EVERY !== 0) return;
    if (arms.active.generation.id === target) return;
    const figures = (id: number) => this.#figures.get(id)!.figures();
    const broken = brokenRail(rails, figures(source), figures(target));
    if (broken === undefined) return;
    this.#rollingBack = true;
    this.#setShare(ingest, 0, `by itself: ${broken}`)
      .then(() => onNotice(`The new index answers no queries any more: ${broken}.`))
      .catch((error) => onNotice(`The new index could not be taken off the queries: ${messageOf(error)}`))
      .finally(() => {
        this.#rollingBack = false;
      });
  }

  async #swap(ingest: IngestClient, reason: string | null): Promise<void> {
    this.#expectOpen();
    await ingest.call("swapGenerations", { reason });
    // The change was told among the others: it has been made when this is.
    await this.#parts.inOrder(async () => undefined);
    await this.#reload();
  }

  #expectOpen(): void {
    if (this.#parts.arms.shadow) return;
    throw new LodestoneError(
      "MIGRATION_INCOMPLETE",
      `The other index could not be opened: ${this.#resting ?? "it is just being begun"}`,
    );
  }

  async #noteFigures(ingest: IngestClient): Promise<void> {
    const stored = Object.fromEntries(Array.from(this.#figures, ([id, keeper]) => [id, keeper.stored()]));
    await ingest.call("noteMigrationFigures", { figures: JSON.stringify(stored) });
  }

  async #noteUses(): Promise<void> {
    const uses = this.#memory.takeUses();
    if (uses.length > 0) await this.#parts.ingest?.call("noteUses", { uses });
  }

  #writer(): IngestClient {
    const { ingest, library } = this.#parts;
    if (ingest) return ingest;
    throw new LodestoneError(
      "LIBRARY_READ_ONLY",
      `The library ${library} is open for reading only. Open it without readOnly to write.`,
    );
  }
}

type StoredFigures = Readonly<Record<number, ConstructorParameters<typeof FigureKeeper>[0]>>;

function storedFigures({ figures }: Migration): StoredFigures {
  return JSON.parse(figures) as StoredFigures;
}

/** 0..99, evenly spread, another one for the same key in each migration. */
function slotOf(key: string, migration: number): number {
  return createHash("sha256").update(`${migration} ${key}`).digest().readUInt32LE() % 100;
}
