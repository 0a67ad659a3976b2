// One try of a job: where its items come from, and what is known of it while they are on their way.

import type { Skip } from "../documents/index.js";
import type { JobResult, JobRow, SkippedDuplicate } from "../store/index.js";
import type { BatchJob } from "./batch.js";
import type { Incoming } from "./batcher.js";
import type { OnDuplicate } from "./duplicate-guard.js";
import type { IncomingDocument } from "./prepare.js";
import type { ReadNotice } from "./read.js";

/** What a job over paths has to tell beside its counts; kept over its tries. */
export class PathReport {
  readonly skips = new Map<string, Skip>();
  readonly notices = new Map<string, ReadNotice>();
  readonly duplicates = new Map<string, SkippedDuplicate>();
  bytes = 0;
  files = { read: 0, unchanged: 0, gone: 0, moved: 0 };

  constructor(stored: JobResult) {
    for (const skip of stored.skips ?? []) this.skip(skip);
    for (const duplicate of stored.duplicates?.first ?? []) this.duplicate(duplicate);
    if (stored.files) this.files = { ...stored.files };
  }

  skip(skip: Skip): void {
    this.skips.set(`${skip.path}:${skip.line ?? ""}`, skip);
  }

  duplicate(duplicate: SkippedDuplicate): void {
    this.duplicates.set(duplicate.id, duplicate);
  }

  notice(notice: ReadNotice): void {
    this.notices.set(`${notice.path}:${notice.line ?? ""}:${notice.notice}`, notice);
  }
}

export type Items = AsyncIterator<Incoming> | Iterator<Incoming>;

export class JobRun implements BatchJob {
  readonly sequence: number;
  readonly tenant: string;
  readonly isTolerant: boolean;
  readonly isAlone: boolean;
  readonly isUrgent: boolean;
  readonly isLastTry: boolean;
  /** Known once it is open. */
  force = false;
  onDuplicate: OnDuplicate = "keep";
  failure: unknown;
  stopped = false;
  cancelled = false;
  readonly failedFiles = new Set<string>();
  failedDocuments = 0;
  readonly #controller = new AbortController();
  readonly #report: PathReport;
  readonly #wake: () => void;
  #items: Items | undefined;
  #next: IteratorResult<Incoming> | undefined;
  #isPulling = false;

  constructor(row: JobRow, parts: { isUrgent: boolean; isLastTry: boolean; report: PathReport; wake(): void }) {
    this.sequence = row.sequence;
    this.tenant = row.tenant;
    this.isTolerant = row.kind === "paths";
    this.isAlone = row.attempts > 1;
    this.isUrgent = parts.isUrgent;
    this.isLastTry = parts.isLastTry;
    this.#report = parts.report;
    this.#wake = parts.wake;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  refuse(document: IncomingDocument, error: Error): void {
    if (this.isTolerant) {
      const path = document.file ?? document.id;
      this.#report.skip({ path, reason: error.message, hint: "Correct the record and index the file again." });
      return;
    }
    this.failure ??= error;
    this.stopped = true;
  }

  // Its file stays unfinished: the next run reads it again, and takes it in when the original is gone.
  skip(duplicate: SkippedDuplicate, file: string | null): void {
    this.#report.duplicate(duplicate);
    if (file !== null) this.failedFiles.add(file);
  }

  /** Opens where the items come from; what goes wrong in that fails this try. */
  open(source: () => Promise<Items>): void {
    this.#isPulling = true;
    source().then(
      (items) => {
        this.#items = items;
        this.#isPulling = false;
        this.#wake();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** The next item if there is one now; "end" after the last; "pending" where `wake` tells when to ask again. */
  next(): Incoming | "end" | "pending" {
    if (this.stopped) return "end";
    const next = this.#next ?? this.#pull();
    this.#next = undefined;
    if (next === undefined) return this.stopped ? "end" : "pending";
    return next.done === true ? "end" : next.value;
  }

  /** Stops reading for it. */
  abort(): void {
    this.stopped = true;
    this.#controller.abort();
    const closing = this.#isPulling ? undefined : this.#items?.return?.();
    if (closing instanceof Promise) closing.catch(() => undefined);
  }

  #pull(): IteratorResult<Incoming> | undefined {
    if (this.#isPulling || this.#items === undefined) return undefined;
    const next = this.#items.next();
    if (!(next instanceof Promise)) return next;
    this.#isPulling = true;
    next.then(
      (result) => {
        this.#next = result;
        this.#isPulling = false;
        this.#wake();
      },
      (error: unknown) => this.#fail(error),
    );
    return undefined;
  }

  #fail(error: unknown): void {
    this.#isPulling = false;
    // What is read after an abort fails because of it.
    if (!this.#controller.signal.aborted) this.failure ??= error;
    this.stopped = true;
    this.#wake();
  }
}
