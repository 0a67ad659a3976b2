// Watches the targets of an indexing run and hands out what has changed, batch by batch. Which folders are watched is decided by
// the very walk that finds files, and each is watched before it is listed: whatever changes after that is noticed.

import { statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Clock } from "../clock.js";
import { LodestoneError } from "../errors.js";
import { type FindOptions, isLeftOut, isWithin, placeOfTarget, visitFolders } from "../readers/index.js";
import { ChangeBatches } from "./change-batches.js";
import { FolderWatch, type FolderWatchOptions } from "./folder-watch.js";
import { PollWatch } from "./poll-watch.js";

export type TargetWatchOptions = Pick<FindOptions, "include" | "exclude" | "defaultExcludes"> & {
  /** Folders of which nothing is told, the library's own above all. */
  ignore?: readonly string[];
  /** Look at all files every so often instead of being told by the system. */
  pollMs?: number | undefined;
};

export type WatchNews =
  /** What has changed below these targets. */
  | { kind: "changed"; targets: string[]; within: string[] }
  /** A watched folder is not there: nothing is known of what was in it. */
  | { kind: "missing"; path: string }
  | { kind: "returned"; path: string }
  /** Some folders cannot be watched, and why. */
  | { kind: "limited"; reason: string };

type Root = {
  target: string;
  /** The target as an absolute path; of a glob the folder that it begins in. */
  path: string;
  /** The folder that has to be there: the path itself, of a file the one it lies in. */
  folder: string;
  isFile: boolean;
  isMissing: boolean;
  inode: number;
};

type Seams = Pick<FolderWatchOptions, "watch"> & { clock: Clock };

/** Of more changed paths below one target the whole target is looked at: the system may have dropped some news, too. */
const MOST_PATHS = 1_000;
const ROOTS_EVERY_MS = 500;

export class TargetWatch {
  readonly #options: TargetWatchOptions;
  readonly #clock: Clock;
  readonly #batches = new ChangeBatches();
  readonly #folders: FolderWatch;
  readonly #news: WatchNews[] = [];
  #roots: Root[] = [];
  #poll: PollWatch | undefined;
  #looking = 0;
  #limit: LodestoneError | undefined;
  #wake: () => void = () => undefined;
  #cancelRoots: () => void = () => undefined;
  #isClosed = false;

  private constructor(options: TargetWatchOptions, { clock, watch }: Seams) {
    this.#options = options;
    this.#clock = clock;
    this.#folders = new FolderWatch({
      ...(watch === undefined ? {} : { watch }),
      onChange: ({ path, mayBeFolder }) => this.#note(path, mayBeFolder),
      onLimit: (error) => this.#limited(error),
    });
  }

  /** Resolves when every change from now on will be noticed. Throws PATH_NOT_FOUND or WATCH_UNAVAILABLE. */
  static async open(targets: readonly string[], options: TargetWatchOptions, seams: Seams): Promise<TargetWatch> {
    const watch = new TargetWatch(options, seams);
    try {
      watch.#roots = await Promise.all(targets.map(rootOf));
      if (options.pollMs === undefined) {
        for (const root of watch.#roots) await watch.#visit(root, root.folder);
        if (watch.#limit) throw watch.#limit;
      } else {
        const { pollMs: everyMs, ignore: _, ...find } = options;
        const onChange = (path: string) => watch.#note(path, false);
        watch.#poll = await PollWatch.open({ targets, find, everyMs, clock: seams.clock, onChange });
      }
      watch.#watchRoots();
      return watch;
    } catch (error) {
      watch.close();
      throw error;
    }
  }

  /** Folders watched. */
  get folders(): number {
    return this.#folders.size;
  }

  /** Resolves with the next news. One call at a time; throws ABORTED. */
  async next(signal: AbortSignal): Promise<WatchNews> {
    for (;;) {
      if (signal.aborted || this.#isClosed) throw new LodestoneError("ABORTED", "The watch has ended.");
      const news = this.#news.shift() ?? this.#dueBatch();
      if (news) return news;
      await this.#pause(signal);
    }
  }

  /** Hands paths out again, as if they had just changed. */
  again(paths: readonly string[]): void {
    for (const path of paths) this.#batches.note(path, this.#clock.now());
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRoots();
    this.#poll?.close();
    this.#folders.close();
    this.#wake();
  }

  /** Until something happens that may be news: the batch is due, or a first change comes. */
  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const due = this.#looking > 0 ? undefined : this.#batches.dueMs();
      const end = () => {
        cancel();
        signal.removeEventListener("abort", end);
        this.#wake = () => undefined;
        resolve();
      };
      const cancel = due === undefined ? () => undefined : this.#clock.after(Math.max(0, due - this.#clock.now()), end);
      signal.addEventListener("abort", end, { once: true });
      // Changes that come while a batch is gathered only make it later.
      this.#wake = end;
    });
  }

  #dueBatch(): WatchNews | undefined {
    const due = this.#batches.dueMs();
    if (due === undefined || due > this.#clock.now() || this.#looking > 0) return undefined;
    this.#checkRoots();
    if (this.#news.length > 0) return this.#news.shift();
    const taken = this.#batches.take(this.#clock.now(), bytesOf);
    const targets: string[] = [];
    const within = new Set<string>();
    for (const root of this.#roots) {
      const own = taken.filter((path) => this.#isAbout(root, path));
      if (own.length === 0) continue;
      targets.push(root.target);
      for (const path of own.length > MOST_PATHS ? [root.path] : own) within.add(path);
    }
    return targets.length === 0 ? undefined : { kind: "changed", targets, within: [...within] };
  }

  #note(path: string, mayBeFolder: boolean): void {
    if (this.#isClosed || !this.#roots.some((root) => this.#isAbout(root, path))) return;
    const isFirst = this.#batches.size === 0;
    this.#batches.note(path, this.#clock.now());
    if (mayBeFolder) void this.#look(path);
    else if (isFirst) this.#wake();
  }

  #isAbout({ path: root, isFile, isMissing }: Root, path: string): boolean {
    if (isMissing || this.#options.ignore?.some((folder) => isWithin(path, folder))) return false;
    if (isFile) return path === root;
    return isWithin(path, root) && !(this.#options.defaultExcludes !== false && isLeftOut(relative(root, path)));
  }

  /** Watches a folder that has come, or one that took another's place; ends it for one that is gone. */
  async #look(path: string): Promise<void> {
    this.#looking++;
    try {
      const found = await stat(path).catch(() => undefined);
      if (!found?.isDirectory()) return this.#folders.remove(path);
      for (const root of this.#roots) {
        if (this.#isAbout(root, path) && !root.isFile) await this.#visit(root, path);
      }
      // Only from here on every change in it is noticed: it is looked at after that.
      this.#batches.note(path, this.#clock.now());
    } finally {
      this.#looking--;
      if (this.#looking === 0) this.#wake();
    }
  }

  async #visit({ folder, isFile }: Root, path: string): Promise<void> {
    if (this.#options.pollMs !== undefined || this.#isClosed) return;
    if (isFile) return this.#folders.add(folder);
    const { exclude, defaultExcludes } = this.#options;
    await visitFolders(folder, {
      ...(exclude === undefined ? {} : { exclude }),
      ...(defaultExcludes === undefined ? {} : { defaultExcludes }),
      within: [path],
      onFolder: (found) => {
        if (!this.#isClosed) this.#folders.add(found);
      },
    });
  }

  #limited(error: LodestoneError): void {
    if (this.#limit) return;
    this.#limit = error;
    this.#news.push({ kind: "limited", reason: error.message });
    this.#wake();
  }

  #watchRoots(): void {
    this.#cancelRoots = this.#clock.after(ROOTS_EVERY_MS, () => {
      this.#checkRoots();
      if (!this.#isClosed) this.#watchRoots();
    });
  }

  /** Notices folders that went, came back, or are others now: no folder above them is watched. */
  #checkRoots(): void {
    for (const root of this.#roots) {
      const inode = inodeOf(root.folder);
      if (inode === undefined && !root.isMissing) {
        root.isMissing = true;
        this.#folders.remove(root.folder);
        this.#batches.forget((path) => !this.#roots.some((other) => this.#isAbout(other, path)));
        this.#tell({ kind: "missing", path: root.path });
      } else if (inode !== undefined && (root.isMissing || inode !== root.inode)) {
        if (root.isMissing) this.#tell({ kind: "returned", path: root.path });
        root.isMissing = false;
        root.inode = inode;
        void this.#returned(root);
      }
    }
  }

  async #returned(root: Root): Promise<void> {
    this.#looking++;
    try {
      await this.#visit(root, root.folder);
      this.#batches.note(root.path, this.#clock.now());
    } finally {
      this.#looking--;
      this.#wake();
    }
  }

  #tell(news: WatchNews): void {
    this.#news.push(news);
    this.#wake();
  }
}

async function rootOf(target: string): Promise<Root> {
  const { kind, path } = await placeOfTarget(target);
  if (kind === "missing") {
    throw new LodestoneError("PATH_NOT_FOUND", `There is no file or folder "${target}" (seen from ${process.cwd()}).`, {
      detail: { path: target },
    });
  }
  const folder = kind === "file" ? dirname(path) : path;
  return { target, path, folder, isFile: kind === "file", isMissing: false, inode: inodeOf(folder) ?? 0 };
}

function inodeOf(folder: string): number | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() ? found.ino : undefined;
}

function bytesOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
}
