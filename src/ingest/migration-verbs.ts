// Migration on the thread that writes: the shadow generation with its filler, and the change of who is active.

import { LodestoneError } from "../errors.js";
import type { Generation, Migration, MigrationShare } from "../store/index.js";
import type { IndexContext } from "./index-context.js";
import { type Chunking, type IndexModels, recipeOf } from "./index-models.js";
import type { QueueEvent } from "./queue-event.js";
import { ShadowFiller, type ShadowFillerParts } from "./shadow-filler.js";

export type MigrationWorkVerbs = {
  /** Makes the shadow generation; it is filled when its index is open, see `fillShadow`. */
  startMigration(argument: IndexModels & { chunking: Chunking }): Migration;
  /** Begins to bring documents into the shadow with its models. */
  fillShadow(argument: IndexModels & { load: number }): void;
  /** Throws MIGRATION_INCOMPLETE where a share is to go to a shadow that lacks documents. */
  setMigrationShare(argument: { share: MigrationShare; reason: string | null }): Promise<void>;
  /** Changes who is active, once the shadow holds every document. Throws MIGRATION_INCOMPLETE. */
  swapGenerations(argument: { reason: string | null }): Promise<void>;
  finishMigration(argument: null): Promise<Migration>;
  noteMigrationFigures(argument: { figures: string }): void;
  noteUses(argument: { uses: { id: string; uses: number }[] }): void;
};

export type MigrationWorkParts = Pick<ShadowFillerParts, "writer" | "clock" | "random"> & {
  open(generation: Generation, models: IndexModels, role: "active" | "shadow"): IndexContext;
  active: IndexModels & { generation: Generation };
  /** Does `work` while the queue has nothing on its way. */
  between<T>(work: () => Promise<T>): Promise<T>;
  emit(event: QueueEvent): void;
};

/** Fewer documents than these are waited for when generations are to change places. */
const WAITED_FOR = 2_000;

export class MigrationWork {
  readonly #parts: MigrationWorkParts;
  #active: IndexContext;
  #activeModels: IndexModels;
  #shadow: { context: IndexContext; models: IndexModels; filler: ShadowFiller; load: number } | undefined;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(parts: MigrationWorkParts) {
    this.#parts = parts;
    const { generation, ...models } = parts.active;
    this.#active = parts.open(generation, models, "active");
    this.#activeModels = models;
  }

  /** What new documents are made with. */
  get context(): IndexContext {
    return this.#active;
  }

  /** To be told whenever documents have been written: the shadow lacks them. */
  wake(): void {
    this.#shadow?.filler.wake();
  }

  async close(): Promise<void> {
    await this.#changing;
    const { context } = this;
    await this.#leaveShadow();
    await context.close();
  }

  get verbs(): MigrationWorkVerbs {
    const { migration } = this.#parts.writer;
    return {
      startMigration: ({ chunking, ...models }) => migration.start(recipeOf(models, chunking), this.#parts.clock.now()),
      fillShadow: ({ load, ...models }) => this.#fill(models, load),
      setMigrationShare: ({ share, reason }) => this.#setShare(share, reason),
      swapGenerations: ({ reason }) => this.#inTurn(() => this.#swap(reason)),
      finishMigration: () =>
        this.#inTurn(async () => {
          // Where this fails, all goes on as it was.
          const ended = migration.finish(this.#parts.clock.now());
          await this.#leaveShadow();
          return ended;
        }),
      noteMigrationFigures: ({ figures }) => migration.noteFigures(figures),
      noteUses: ({ uses }) => migration.noteUses(uses),
    };
  }

  /** One after the other: what ends in the middle of a change of places would close the side that is about to be active. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(change);
    this.#changing = done.catch(() => undefined);
    return done;
  }

  #fill(models: IndexModels, load: number): void {
    if (this.#shadow) return;
    const generation = this.#parts.writer.shadow();
    const { model, sparseModel } = models;
    const isOfModels =
      generation?.modelVersion === model.version && generation.sparseModelVersion === (sparseModel?.version ?? null);
    if (!isOfModels) {
      throw new LodestoneError("NO_MIGRATION", "There is no other index of these models to bring documents into.");
    }
    this.#begin(this.#parts.open(generation, models, "shadow"), models, load);
  }

  #begin(context: IndexContext, models: IndexModels, load: number): void {
    const { writer, clock, random, emit } = this.#parts;
    const filler = new ShadowFiller({
      ...{ writer, context, clock, random, load },
      onWritten: (written, generation) => emit({ kind: "shadow-written", generation, written }),
      onProgress: (progress) => emit({ kind: "shadow-filled", progress }),
    });
    this.#shadow = { context, models, filler, load };
    filler.start();
  }

  async #setShare(share: MigrationShare, reason: string | null): Promise<void> {
    const { writer, between } = this.#parts;
    // None: at once, whatever the queue is doing.
    if (share === 0) return writer.migration.setShare(share, reason);
    await between(async () => {
      await this.#complete();
      writer.migration.setShare(share, reason);
    });
  }

  /** Documents that were written just now are no reason to refuse. */
  async #complete(): Promise<void> {
    const lacking = this.#parts.writer.migration.countLacking();
    if (this.#shadow && lacking > 0 && lacking <= WAITED_FOR) await this.#shadow.filler.hurry();
  }

  #swap(reason: string | null): Promise<void> {
    const { writer, between, emit } = this.#parts;
    return between(async () => {
      const shadow = this.#shadow;
      if (!shadow && writer.migration.open()) {
        throw new LodestoneError(
          "MIGRATION_INCOMPLETE",
          "The other index is not open, and nothing is brought into it.",
        );
      }
      await this.#complete();
      writer.migration.swap(reason);
      // Before anything else is written: what follows is of the other generation.
      emit({ kind: "swapped" });
      const before = { context: this.#active, models: this.#activeModels };
      const { context, models, filler, load } = shadow!;
      this.#active = context;
      this.#activeModels = models;
      await filler.stop();
      this.#begin(before.context, before.models, load);
    });
  }

  async #leaveShadow(): Promise<void> {
    const shadow = this.#shadow;
    this.#shadow = undefined;
    await shadow?.filler.stop();
    await shadow?.context.close();
  }
}
