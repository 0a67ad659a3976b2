// Watches folders, each by itself: the system says which name in which folder has changed. Watching every file as well would
// take a hundred times the handles, of which a system has only so many.

import { type FSWatcher, statSync, watch } from "node:fs";
import { join, sep } from "node:path";
import { LodestoneError, messageOf } from "../errors.js";

export type FolderChange = {
  path: string;
  /** Something came, went or changed its place there, possibly a folder; else only its content changed. */
  mayBeFolder: boolean;
};

export type FolderWatchOptions = {
  onChange(change: FolderChange): void;
  /** Told of a folder that cannot be watched, as a rule because the system watches no more. */
  onLimit(error: LodestoneError): void;
  /** For tests. Default: Node's. */
  watch?: typeof watch;
};

type Watched = { watcher: FSWatcher; inode: number };

export class FolderWatch {
  readonly #folders = new Map<string, Watched>();
  readonly #options: FolderWatchOptions;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Folders watched. */
  get size(): number {
    return this.#folders.size;
  }

  /** Watches the names in `folder`; one that took the place of another is watched anew. Does nothing where there is no folder. */
  add(folder: string): void {
    const inode = inodeOf(folder);
    const watched = this.#folders.get(folder);
    if (inode === undefined || watched?.inode === inode) return;
    if (watched) this.remove(folder);
    try {
      const start = this.#options.watch ?? watch;
      const watcher = start(folder, (event, name) => {
        // Without a name: too much happened at once to tell what.
        const path = name === null ? folder : join(folder, name);
        this.#options.onChange({ path, mayBeFolder: event === "rename" || name === null });
      });
      watcher.on("error", () => {
        this.remove(folder);
        this.#options.onChange({ path: folder, mayBeFolder: true });
      });
      this.#folders.set(folder, { watcher, inode });
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      // Gone meanwhile, or closed to this user: the scan tells of it.
      if (["ENOENT", "ENOTDIR", "EACCES", "EPERM"].includes(code)) return;
      this.#options.onLimit(notWatched(folder, code, this.#folders.size, error));
    }
  }

  /** Ends watching `folder` and those below it, where it is watched. */
  remove(folder: string): void {
    if (!this.#folders.has(folder)) return;
    for (const [path, { watcher }] of this.#folders) {
      if (path !== folder && !path.startsWith(folder + sep)) continue;
      this.#folders.delete(path);
      watcher.close();
    }
  }

  close(): void {
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }
}

function inodeOf(folder: string): number | undefined {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() ? found.ino : undefined;
}

function notWatched(folder: string, code: string, watched: number, cause: unknown): LodestoneError {
  const options = { cause, detail: { folder, code, watched } };
  if (code !== "ENOSPC" && code !== "EMFILE") {
    const reason = `${folder} cannot be watched: ${messageOf(cause)}. Look at all files again and again instead (--poll).`;
    return new LodestoneError("WATCH_UNAVAILABLE", reason, options);
  }
  const setting = code === "ENOSPC" ? "max_user_watches" : "max_user_instances";
  return new LodestoneError(
    "WATCH_UNAVAILABLE",
    `The system watches no more folders (${code} at ${folder}, after ${watched} of this run). Raise the limit, on Linux with ` +
      `"sudo sysctl fs.inotify.${setting}=524288", watch fewer folders, or look at all files again and again instead (--poll).`,
    options,
  );
}
