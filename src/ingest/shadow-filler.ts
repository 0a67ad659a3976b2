// Brings documents into the shadow generation, those most used first, from what is stored: after the start of a migration all of them,
// then each that has been written since. What it has done is told by the library alone, so that it goes on after a crash.

import type { Clock } from "../clock.js";
import { messageOf } from "../errors.js";
import { type RowsWritten, type ShadowDocument, tenantOfId, type Writer } from "../store/index.js";
import type { IndexContext } from "./index-context.js";
import { concernsAll, reasonOf, retryDelayMs } from "./retry.js";
import { openStoredDocuments, type StoredDocuments } from "./stored-documents.js";

export type FillProgress = {
  lacking: number;
  /** Documents and chunks that were brought in since the filler began, and the milliseconds that took. */
  documents: number;
  chunks: number;
  ms: number;
  /** Documents that could not be brought in yet, and why not the last of them. */
  failing: number;
  error: string | null;
};

export type ShadowFillerParts = {
  writer: Writer;
  context: IndexContext;
  clock: Clock;
  random(): number;
  /** Share of the time that it works, above 0 up to 1: searches have the rest for themselves. */
  load: number;
  onWritten(written: RowsWritten, generation: number): void;
  onProgress(progress: FillProgress): void;
};

const BATCH_DOCUMENTS = 32;
const BATCH_PASSAGES = 128;
/** Lacking documents are looked up so many at a time: in which order they come takes a look at all of them. */
const LOOKED_AHEAD = 1_024;
const MOST_FAILING = 1_000;

type Failure = { tries: number; againMs: number };

export class ShadowFiller {
  readonly #parts: ShadowFillerParts;
  readonly #stored: StoredDocuments;
  readonly #failures = new Map<string, Failure>();
  #ahead: string[] = [];
  #progress: FillProgress = { lacking: 0, documents: 0, chunks: 0, ms: 0, failing: 0, error: null };
  #stopped = false;
  #isHurried = false;
  #wake: (() => void) | undefined;
  #isAwake = false;
  #endPause: (() => void) | undefined;
  #endWait: (() => void) | undefined;
  #loop: Promise<void> | undefined;
  #whenDone: (() => void)[] = [];

  constructor(parts: ShadowFillerParts) {
    this.#parts = parts;
    this.#stored = openStoredDocuments(parts.writer.db);
  }

  get progress(): FillProgress {
    return this.#progress;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Documents have been written: the shadow lacks them. */
  wake(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  /** Brings in what is lacking without a pause; resolves when nothing is, or when it cannot be. */
  async hurry(): Promise<void> {
    this.#isHurried = true;
    try {
      const done = new Promise<void>((resolve) => this.#whenDone.push(resolve));
      this.wake();
      this.#endPause?.();
      await done;
    } finally {
      this.#isHurried = false;
    }
  }

  /** Does not wait for the model: what it is at is not written any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    this.#endPause?.();
    this.#endWait?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const ids = this.#due();
      if (ids.length === 0) {
        await this.#rest();
        continue;
      }
      const startedMs = performance.now();
      await this.#fill(ids);
      const ms = performance.now() - startedMs;
      this.#tell({ ms: this.#progress.ms + ms });
      await this.#pause(this.#isHurried ? 0 : ms * (1 / this.#parts.load - 1));
    }
    this.#settle();
  }

  /** Leaves the time to others; whoever stops or hurries does not wait for its end. */
  async #pause(pauseMs: number): Promise<void> {
    let stopTimer: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      this.#endPause = resolve;
      if (pauseMs < 1 || this.#stopped) setImmediate(resolve);
      else stopTimer = this.#parts.clock.after(pauseMs, resolve);
    });
    this.#endPause = undefined;
    stopTimer();
  }

  #due(): string[] {
    if (this.#ahead.length === 0) {
      const { writer, clock } = this.#parts;
      const most = LOOKED_AHEAD + Math.min(this.#failures.size, MOST_FAILING);
      const ids = writer.migration.lacking(most);
      // A document that failed may be gone by now.
      if (ids.length < most) {
        const lacking = new Set(ids);
        for (const id of this.#failures.keys()) if (!lacking.has(id)) this.#failures.delete(id);
      }
      const nowMs = clock.now();
      this.#ahead = ids.filter((id) => (this.#failures.get(id)?.againMs ?? 0) <= nowMs);
    }
    return this.#ahead.splice(0, BATCH_DOCUMENTS);
  }

  /** Waits for documents that are written, or for those that failed to be due again. */
  async #rest(): Promise<void> {
    const { clock } = this.#parts;
    this.#tell({});
    this.#settle();
    const nextMs = Math.min(...[...this.#failures.values()].map(({ againMs }) => againMs)) - clock.now();
    const stopTimer = Number.isFinite(nextMs) ? clock.after(Math.max(1, nextMs), () => this.wake()) : undefined;
    await new Promise<void>((resolve) => {
      if (this.#isAwake || this.#stopped) resolve();
      else this.#wake = resolve;
    });
    this.#isAwake = false;
    this.#wake = undefined;
    stopTimer?.();
  }

  #settle(): void {
    for (const done of this.#whenDone.splice(0)) done();
  }

  async #fill(ids: readonly string[]): Promise<void> {
    let batch: string[] = [];
    try {
      let passages: string[] = [];
      let documents: ShadowDocument[] = [];
      for (const [i, id] of ids.entries()) {
        const next = ids[i + 1];
        batch.push(id);
        const document = this.#prepare(id, passages);
        if (document) documents.push(document);
        // What is remembered of embeddings is each tenant's own.
        const isLast = next === undefined || tenantOfId(next) !== tenantOfId(id);
        if (passages.length < BATCH_PASSAGES && !isLast) continue;
        await this.#write(documents, passages);
        for (const done of batch) this.#failures.delete(done);
        [batch, passages, documents] = [[], [], []];
        if (this.#stopped) return;
      }
    } catch (error) {
      if (this.#stopped) return;
      if (batch.length === 1 || concernsAll(error)) for (const id of batch) this.#fail(id, error);
      else for (const id of batch) await this.#fillAlone(id);
    }
  }

  async #fillAlone(id: string): Promise<void> {
    if (this.#stopped) return;
    try {
      const passages: string[] = [];
      const document = this.#prepare(id, passages);
      if (document) await this.#write([document], passages);
      this.#failures.delete(id);
    } catch (error) {
      if (!this.#stopped) this.#fail(id, error);
    }
  }

  /** Adds the document's passages to `passages`; its chunks count from the first of all. */
  #prepare(id: string, passages: string[]): ShadowDocument | undefined {
    const found = this.#stored.find(id);
    if (!found) return undefined;
    const prepared = this.#parts.context.preparer().prepare(found.document, { force: false, job: null, again: true });
    if (typeof prepared === "string") return undefined;
    const first = passages.length;
    passages.push(...prepared.passages);
    const chunks = prepared.write.chunks.map((chunk) =>
      chunk.vector === null ? chunk : { ...chunk, vector: chunk.vector + first },
    );
    return { key: found.key, id, title: found.document.title, contentHash: found.contentHash, chunks };
  }

  async #write(documents: readonly ShadowDocument[], passages: readonly string[]): Promise<void> {
    const { writer, context, onWritten } = this.#parts;
    const { id: generation, modelVersion } = context.generation;
    const tenant = tenantOfId(documents[0]?.id ?? "");
    const result = await this.#untilStopped(context.embed(passages, { fresh: false, tenant }));
    // The shadow may be another one by now.
    if (result === undefined || this.#stopped) return;
    const { vectors, sparse, slots } = result;
    const embedded = documents.map((document) => ({
      ...document,
      chunks: document.chunks.map((chunk) =>
        chunk.vector === null ? chunk : { ...chunk, vector: slots[chunk.vector]! },
      ),
    }));
    const written = writer.migration.fill({ generation, modelVersion, documents: embedded, vectors, sparse });
    const { documents: before, chunks } = this.#progress;
    onWritten(written, generation);
    this.#tell({ documents: before + documents.length, chunks: chunks + written.documentKeys.length });
  }

  // No race with one promise for all calls: that would keep what each of them brought.
  async #untilStopped<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await new Promise<T | undefined>((resolve, reject) => {
        this.#endWait = () => resolve(undefined);
        work.then(resolve, reject);
      });
    } finally {
      this.#endWait = undefined;
    }
  }

  #fail(id: string, error: unknown): void {
    const { clock, random } = this.#parts;
    const tries = (this.#failures.get(id)?.tries ?? 0) + 1;
    this.#failures.set(id, { tries, againMs: clock.now() + retryDelayMs(tries, random) });
    this.#tell({ error: `${JSON.stringify(id.slice(0, 120))}: ${messageOf(reasonOf(error))}` });
  }

  #tell(news: Partial<FillProgress>): void {
    const { writer, onProgress } = this.#parts;
    const failing = this.#failures.size;
    this.#progress = { ...this.#progress, ...news, lacking: writer.migration.countLacking(), failing };
    if (failing === 0) this.#progress.error = null;
    onProgress(this.#progress);
  }
}
