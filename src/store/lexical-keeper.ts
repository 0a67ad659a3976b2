// Keeps a lexical index, or one of weighted terms, in shape between searches: merges its segments, saves them once the library has settled or has grown
// by much, and makes all of it anew where words of what is gone have to go.

import { setImmediate as turn } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import type { FollowedRows, FollowingIndex, SavedLexical } from "./following-index.js";
import { hasOtherSegments, type LexicalPlace, loadSegments, saveSegments } from "./lexical-files.js";

/** An index that can be kept. */
type Live = Omit<FollowingIndex<never>, "search">;

export type LexicalKeeperOptions<Index extends Live> = {
  rows: FollowedRows;
  /** Makes an index of what was saved, or an empty one. */
  open(saved?: SavedLexical): Index;
  place: LexicalPlace;
  /** Another process writes the library, and the files with it. */
  readOnly: boolean;
  /** New rows from which saving is worth it. Default 1,024: to analyse so many takes 50 ms when the library is opened. */
  saveFromRows?: number | undefined;
  onNotice(notice: string): void;
};

/** Saved also while more is coming: so much is left to be analysed again where the process is killed, 0.4 s. */
const SAVED_UNDER_WAY = 8192;
const SETTLED_AFTER_MS = 1000;
const MERGE_SLICE_MS = 4;
// A process that writes may replace what is being read here.
const ATTEMPTS = 3;

/** What an index is called, and what is done without its files. */
const wordsFor = {
  lexical: ["lexical index", "It is made of the texts."],
  sparse: ["index of weighted terms", "It is made of the stored terms."],
} as const;

export class LexicalKeeper<Index extends Live> {
  readonly #options: LexicalKeeperOptions<Index>;
  readonly #place: LexicalPlace;
  readonly #saveFromRows: number;
  #live: Index;
  #hasFiles = false;
  /** Files that are there and whole. */
  #files: ReadonlySet<string> = new Set();
  /** Where the files end, and whether they are of an index that was made of the texts alone. */
  #saved = { rows: 0, isFresh: false };
  /** Whether the files may hold words of what is gone though the index does not. */
  #owesSave = false;
  #merging: Promise<void> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #savingSoon: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Takes up what was saved; reports what cannot be. */
  constructor(options: LexicalKeeperOptions<Index>) {
    this.#options = options;
    this.#place = options.place;
    this.#saveFromRows = options.saveFromRows ?? 1024;
    this.#live = this.#load() ?? options.open();
  }

  get live(): Index {
    return this.#live;
  }

  /** Sees to it that what a commit leaves behind gets done: merges, and saves in due time. */
  changed(): void {
    if (this.#isClosed) return;
    this.#merging ??= this.#merge(this.#live).finally(() => {
      this.#merging = undefined;
    });
    if (this.#options.readOnly) return;
    if (this.#unsavedRows() >= SAVED_UNDER_WAY) this.#savingSoon ??= this.#saveMerged();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#savingSoon ??= this.#saveMerged();
    }, SETTLED_AFTER_MS).unref();
  }

  /**
   * Sees to it that nothing of rows that went is left, neither here nor in the files: where words may be left, makes the
   * index anew of the texts and saves it. Searches go on meanwhile. `onRows` is told how far it is, of how many rows.
   */
  async forgetGone(onRows: (done: number, total: number) => void): Promise<void> {
    await this.#live.follow();
    if (this.#live.hasGoneWords) {
      const total = this.#live.nextRow;
      const fresh = this.#options.open();
      await fresh.follow((row) => {
        if (this.#isClosed) throw new LodestoneError("CLOSED", "The lexical index is closed.");
        onRows(row, total);
      });
      await this.#merging;
      this.#live = fresh;
      await this.#merge(fresh);
      this.#owesSave = true;
    }
    await this.#saving;
    if (!this.#owesSave || this.#options.readOnly) return;
    if (this.#hasFiles) await this.#save();
    else this.#owesSave = false;
  }

  /** Saves what has changed, where it is worth it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#live.close();
    await this.#merging;
    await this.#savingSoon;
    await this.#saving;
    if (!this.#options.readOnly && this.#unsavedRows() >= this.#saveFromRows) await this.#save();
  }

  #load(): Index | undefined {
    const { rows, open, readOnly, onNotice } = this.#options;
    const [what, instead] = wordsFor[this.#place.folder ?? "lexical"];
    for (let attempt = 1; ; attempt++) {
      try {
        const saved = loadSegments(this.#place);
        this.#hasFiles = true;
        if (saved.nextRow > (rows.extent()?.nextRow ?? 0)) {
          this.#owesSave = true;
          onNotice(`The stored ${what} is not used: it is of a later state of the library. ${instead}`);
          return undefined;
        }
        const live = open(saved);
        this.#saved = { rows: saved.nextRow, isFresh: false };
        this.#files = new Set(saved.names);
        // Of a save that was cut off.
        this.#owesSave = hasOtherSegments(this.#place, this.#files);
        return live;
      } catch (error) {
        if (!(error instanceof LodestoneError)) throw error;
        const isMissing = error.code === "NOT_FOUND";
        if (!isMissing && attempt < ATTEMPTS) continue;
        this.#hasFiles = !isMissing || hasOtherSegments(this.#place, this.#files);
        this.#owesSave = this.#hasFiles;
        if (!isMissing) onNotice(`The stored ${what} is not used: ${error.message} ${instead}`);
        // Where nothing was ever stored, nothing is missing.
        else if (this.#hasFiles && !readOnly)
          onNotice(`The list of segments of the stored ${what} is gone. ${instead}`);
        return undefined;
      }
    }
  }

  #unsavedRows(): number {
    const { nextRow, isFresh } = this.#live;
    return this.#saved.isFresh === isFresh ? nextRow - this.#saved.rows : nextRow;
  }

  async #merge(live: Index): Promise<void> {
    while (!this.#isClosed && live.maintain(MERGE_SLICE_MS)) await turn();
  }

  async #saveMerged(): Promise<void> {
    await this.#merging;
    if (!this.#isClosed && this.#unsavedRows() >= this.#saveFromRows) await this.#save();
    this.#savingSoon = undefined;
  }

  #save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#write());
    return this.#saving;
  }

  async #write(): Promise<void> {
    const live = this.#live;
    const { nextRow, isFresh, hasGoneWords } = live;
    const { rows, isFresh: wasFresh } = this.#saved;
    // At once: whoever asks meanwhile is not to save the same again.
    this.#saved = { rows: nextRow, isFresh };
    try {
      this.#files = new Set(await saveSegments(this.#place, live, this.#files));
      this.#hasFiles = true;
      if (!hasGoneWords) this.#owesSave = false;
    } catch (error) {
      if (!(error instanceof LodestoneError)) throw error;
      this.#saved = { rows, isFresh: wasFresh };
      // What is there now is not known.
      this.#files = new Set();
      this.#options.onNotice(
        `The ${wordsFor[this.#place.folder ?? "lexical"][0]} could not be saved, and is made again at the next start: ${error.message}`,
      );
    }
  }
}
